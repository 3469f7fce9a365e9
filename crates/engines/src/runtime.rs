//! ONNX Runtime, loaded from a shared library among the models.

use std::{path::Path, sync::Mutex};

use ort::{
    environment::Environment,
    session::{Session, builder::GraphOptimizationLevel},
};

use crate::Error;

/// What errors call it.
const PURPOSE: &str = "the model runtime";

/// The environment of this process: the library allows one, for as long as the process lives.
static ENVIRONMENT: Mutex<Option<Environment>> = Mutex::new(None);

/// The loaded library. Cloning is cheap.
#[derive(Debug, Clone)]
pub struct Runtime(Environment);

impl Runtime {
    /// Loads the shared library at `library`, once in a process: later calls give the first one,
    /// whatever path they name. A call after a failed one tries again.
    ///
    /// # Errors
    /// When the file is missing, is no such library or is older than what this program was built
    /// for.
    pub fn load(library: &Path) -> Result<Self, Error> {
        let mut environment = match ENVIRONMENT.lock() {
            Ok(guard) => guard,
            // Nothing below leaves the value half written.
            Err(poisoned) => poisoned.into_inner(),
        };
        if let Some(environment) = environment.as_ref() {
            return Ok(Self(environment.clone()));
        }
        if !library.is_file() {
            return Err(Error::Missing { purpose: PURPOSE, path: library.to_owned() });
        }
        // A relative path is otherwise looked for next to the running program.
        let library = library.canonicalize().map_err(|error| load_error(PURPOSE, error))?;
        let built = ort::init_from(library)
            .map_err(|error| load_error(PURPOSE, error))?
            .with_name("greenroom")
            .with_telemetry(false)
            .build()
            .map_err(|error| load_error(PURPOSE, error))?;
        Ok(Self(environment.insert(built).clone()))
    }

    /// Opens the model at `path` for `purpose` (which errors name) on `threads` threads.
    ///
    /// # Errors
    /// When the file is missing or not a model that the library can run.
    pub fn session(
        &self,
        purpose: &'static str,
        path: &Path,
        threads: usize,
    ) -> Result<Session, Error> {
        if !path.is_file() {
            return Err(Error::Missing { purpose, path: path.to_owned() });
        }
        self.open(path, threads).map_err(|error| load_error(purpose, error))
    }

    fn open(&self, path: &Path, threads: usize) -> ort::Result<Session> {
        Session::builder(&self.0)?
            .with_optimization_level(GraphOptimizationLevel::Level3)?
            .with_intra_threads(threads.max(1))?
            .with_inter_threads(1)?
            // Waiting threads must not burn the cores that the rest of the machine needs.
            .with_intra_op_spinning(false)?
            .commit_from_file(path)
    }
}

/// What failed while something was loaded.
pub(crate) fn load_error(purpose: &'static str, reason: impl std::fmt::Display) -> Error {
    Error::Load { purpose, reason: reason.to_string() }
}

/// What failed while a model ran.
pub(crate) fn run_error(purpose: &'static str, reason: impl std::fmt::Display) -> Error {
    Error::Run { purpose, reason: reason.to_string() }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::Runtime;
    use crate::Error;

    #[test]
    fn a_missing_library_says_which_file_and_what_to_do() {
        let error = Runtime::load(Path::new("nowhere/libonnxruntime.so")).unwrap_err();
        assert!(matches!(error, Error::Missing { .. }));
        assert_eq!(
            error.to_string(),
            "the model runtime needs nowhere/libonnxruntime.so, which is missing; \
             run 'greenroom models pull'"
        );
    }

    #[test]
    fn a_file_that_is_no_library_does_not_load() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
        assert!(matches!(Runtime::load(&path), Err(Error::Load { .. })));
    }
}
