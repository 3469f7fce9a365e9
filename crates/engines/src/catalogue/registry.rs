//! The registries that the person's own `pip` and `npm` are set up for, and where they keep a file.

use std::{
    collections::HashMap,
    env, fs,
    path::{Path, PathBuf},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use secrecy::SecretString;
use serde::Deserialize;
use url::Url;

use super::{
    Member,
    web::{Link, Watch, Web, WebError},
};

/// The public registry of Python packages, unless `pip` is told otherwise.
const PYTHON_INDEX: &str = "https://pypi.org/simple/";
/// The public registry of Node packages, unless `npm` is told otherwise.
const NODE_REGISTRY: &str = "https://registry.npmjs.org/";
/// What a simple index may answer with (PEP 691, PEP 503).
const INDEX_ACCEPT: &str = "application/vnd.pypi.simple.v1+json, \
                            application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1";

/// One registry: its address, and what opens it.
#[derive(Debug, Clone)]
pub struct Registry {
    base: Url,
    authorization: Option<SecretString>,
}

impl Registry {
    /// A registry at `address`; a name and password in the address become a header and never show
    /// in a message. `None` if it is no `http` or `https` address.
    #[must_use]
    pub fn at(address: &str) -> Option<Self> {
        let mut base = Url::parse(address.trim()).ok()?;
        if !matches!(base.scheme(), "http" | "https") || base.host_str().is_none() {
            return None;
        }
        if !base.path().ends_with('/') {
            let path = format!("{}/", base.path());
            base.set_path(&path);
        }
        let authorization = take_password(&mut base);
        Some(Self { base, authorization })
    }

    fn with_authorization(mut self, authorization: Option<SecretString>) -> Self {
        self.authorization = authorization.or(self.authorization);
        self
    }

    fn page(&self, path: &str) -> Option<Link> {
        Some(Link { url: self.base.join(path).ok()?, authorization: self.authorization.clone() })
    }

    /// A file the registry points at; what opens the registry is sent only to its own host.
    fn file(&self, url: Url) -> Link {
        let own = url.origin() == self.base.origin();
        Link { url, authorization: self.authorization.clone().filter(|_| own) }
    }
}

/// Moves name and password out of an address into the value of an `Authorization` header.
fn take_password(url: &mut Url) -> Option<SecretString> {
    if url.username().is_empty() && url.password().is_none() {
        return None;
    }
    let decode = |text: &str| percent_decode(text);
    let pair = format!("{}:{}", decode(url.username()), decode(url.password().unwrap_or_default()));
    url.set_username("").ok()?;
    url.set_password(None).ok()?;
    Some(format!("Basic {}", BASE64_STANDARD.encode(pair)).into())
}

fn percent_decode(text: &str) -> String {
    url::form_urlencoded::parse(format!("x={}", text.replace('+', "%2B")).as_bytes())
        .next()
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}

/// The registries to ask.
#[derive(Debug, Clone)]
pub struct Registries {
    /// Simple indexes of Python packages, in the order to ask them.
    pub python: Vec<Registry>,
    /// The registry of Node packages.
    pub node: Vec<Registry>,
}

impl Registries {
    /// Reads what `pip` and `npm` read: their environment variables, then their files.
    #[must_use]
    pub fn from_environment() -> Self {
        let read = |path: &Path| fs::read_to_string(path).ok();
        let variable = |name: &str| env::var(name).ok().filter(|value| !value.trim().is_empty());
        Self {
            python: python_indexes(&variable, &pip_files(), &read),
            node: node_registry(&variable, &npm_files(), &read).into_iter().collect(),
        }
    }

    /// Where to fetch the package that holds `member`.
    pub(super) fn find(
        &self,
        web: &Web,
        member: &Member,
        watch: &mut dyn Watch,
    ) -> Result<Link, FindError> {
        match member {
            Member::Wheel { wheel, .. } => {
                let project = project_of_wheel(wheel).map_err(FindError::Unreadable)?;
                first_success(&self.python, |index| {
                    let page = index.page(&format!("{project}/")).ok_or(FindError::Absent)?;
                    let (kind, text) = web.page(&page, INDEX_ACCEPT, watch)?;
                    let url = wheel_address(&page.url, &kind, &text, wheel)?;
                    Ok(index.file(url))
                })
            }
            Member::Npm { npm, .. } => {
                let (name, version) = npm_name_and_version(npm).map_err(FindError::Unreadable)?;
                first_success(&self.node, |registry| {
                    let path = format!("{}/{version}", name.replace('/', "%2F"));
                    let page = registry.page(&path).ok_or(FindError::Absent)?;
                    let (_, text) = web.page(&page, "application/json", watch)?;
                    Ok(registry.file(tarball_address(&page.url, &text)?))
                })
            }
        }
    }
}

/// Why a registry does not name a file.
#[derive(Debug, thiserror::Error)]
pub(super) enum FindError {
    #[error(transparent)]
    Web(#[from] WebError),
    #[error("the registry does not have it")]
    Absent,
    #[error("the registry's answer cannot be read: {0}")]
    Unreadable(String),
}

fn first_success(
    registries: &[Registry],
    mut ask: impl FnMut(&Registry) -> Result<Link, FindError>,
) -> Result<Link, FindError> {
    let mut failure = FindError::Absent;
    for registry in registries {
        match ask(registry) {
            Ok(link) => return Ok(link),
            Err(FindError::Web(WebError::Cancelled)) => return Err(WebError::Cancelled.into()),
            Err(error) => failure = error,
        }
    }
    Err(failure)
}

/// The normalised project name (PEP 503) of a wheel's file name (PEP 427).
pub(super) fn project_of_wheel(wheel: &str) -> Result<String, String> {
    let stem = wheel.strip_suffix(".whl").ok_or_else(|| format!("{wheel} is no wheel"))?;
    let parts: Vec<&str> = stem.split('-').collect();
    let plain = wheel.chars().all(|c| c.is_ascii_alphanumeric() || "._-+".contains(c));
    if !plain || !(5..=6).contains(&parts.len()) || parts.iter().any(|part| part.is_empty()) {
        return Err(format!("{wheel} is no wheel's name"));
    }
    Ok(parts[0].replace(['_', '.'], "-").to_lowercase())
}

/// Splits `name@version`, where the name may carry a scope.
pub(super) fn npm_name_and_version(npm: &str) -> Result<(&str, &str), String> {
    let plain = npm.chars().all(|c| c.is_ascii_alphanumeric() || "@/._-+".contains(c));
    match npm.rsplit_once('@') {
        Some((name, version)) if plain && !name.is_empty() && !version.is_empty() => {
            Ok((name, version))
        }
        _ => Err(format!("{npm} is not name@version")),
    }
}

#[derive(Deserialize)]
struct IndexPage {
    files: Vec<IndexFile>,
}

#[derive(Deserialize)]
struct IndexFile {
    filename: String,
    url: String,
}

/// Finds a wheel on a project's page, in either of the two forms an index may answer with.
fn wheel_address(page: &Url, kind: &str, text: &str, wheel: &str) -> Result<Url, FindError> {
    let unreadable = |error: &dyn std::fmt::Display| FindError::Unreadable(error.to_string());
    let found = if kind.contains("json") {
        let index: IndexPage = serde_json::from_str(text).map_err(|error| unreadable(&error))?;
        index.files.into_iter().find(|file| file.filename == wheel).map(|file| file.url)
    } else {
        anchors(text).find(|address| file_name(address) == wheel)
    };
    let address = found.ok_or(FindError::Absent)?;
    let mut url = page.join(&address).map_err(|error| unreadable(&error))?;
    url.set_fragment(None);
    Ok(url)
}

/// The addresses that the links of an HTML page point at.
fn anchors(html: &str) -> impl Iterator<Item = String> + '_ {
    html.split("<a ").skip(1).filter_map(|rest| {
        let tag = rest.split('>').next()?;
        let value = tag.split_once("href=")?.1;
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let address = value[1..].split(quote).next()?;
        Some(address.replace("&amp;", "&"))
    })
}

/// The last segment of an address's path.
fn file_name(address: &str) -> String {
    let path = address.split(['#', '?']).next().unwrap_or_default();
    percent_decode(path.rsplit('/').next().unwrap_or_default())
}

#[derive(Deserialize)]
struct PackageVersion {
    dist: Dist,
}

#[derive(Deserialize)]
struct Dist {
    tarball: String,
}

fn tarball_address(page: &Url, text: &str) -> Result<Url, FindError> {
    let version: PackageVersion =
        serde_json::from_str(text).map_err(|error| FindError::Unreadable(error.to_string()))?;
    page.join(&version.dist.tarball).map_err(|error| FindError::Unreadable(error.to_string()))
}

type Variable<'a> = dyn Fn(&str) -> Option<String> + 'a;
type ReadFile<'a> = dyn Fn(&Path) -> Option<String> + 'a;

/// The files `pip` reads, from the weakest to the strongest.
fn pip_files() -> Vec<PathBuf> {
    let path = |name: &str| env::var_os(name).map(PathBuf::from);
    let config = path("XDG_CONFIG_HOME").or_else(|| path("HOME").map(|home| home.join(".config")));
    let user_mac =
        || path("HOME").map(|home| home.join("Library/Application Support/pip/pip.conf"));
    [
        Some(PathBuf::from("/etc/xdg/pip/pip.conf")),
        Some(PathBuf::from("/etc/pip.conf")),
        path("HOME").map(|home| home.join(".pip/pip.conf")),
        config.map(|config| config.join("pip/pip.conf")),
        user_mac(),
        path("VIRTUAL_ENV").map(|environment| environment.join("pip.conf")),
        path("PIP_CONFIG_FILE"),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The index and the extra indexes `pip` would use; the public one if nothing is set.
fn python_indexes(
    variable: &Variable<'_>,
    files: &[PathBuf],
    read: &ReadFile<'_>,
) -> Vec<Registry> {
    let mut settings = HashMap::new();
    for text in files.iter().filter_map(|file| read(file)) {
        settings.extend(pip_settings(&text));
    }
    let setting = |key: &str, name: &str| variable(name).or_else(|| settings.get(key).cloned());
    let index = setting("index-url", "PIP_INDEX_URL").unwrap_or_else(|| PYTHON_INDEX.to_owned());
    let extra = setting("extra-index-url", "PIP_EXTRA_INDEX_URL").unwrap_or_default();
    index.split_whitespace().chain(extra.split_whitespace()).filter_map(Registry::at).collect()
}

/// The `[global]`, then `[install]` and `[download]` settings of a `pip.conf`, continued lines joined.
fn pip_settings(text: &str) -> HashMap<String, String> {
    let mut settings: HashMap<String, String> = HashMap::new();
    let mut section = String::new();
    let mut last_key: Option<String> = None;
    for line in text.lines() {
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with(['#', ';']) {
            continue;
        }
        if let Some(name) = trimmed.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            section = name.to_lowercase();
            last_key = None;
        } else if !matches!(section.as_str(), "global" | "install" | "download") {
            continue;
        } else if line.starts_with([' ', '\t'])
            && let Some(value) = last_key.as_ref().and_then(|key| settings.get_mut(key))
        {
            value.push(' ');
            value.push_str(trimmed);
        } else if let Some((key, value)) = trimmed.split_once(['=', ':']) {
            let key = key.trim().to_lowercase().replace('_', "-");
            settings.insert(key.clone(), value.trim().to_owned());
            last_key = Some(key);
        }
    }
    settings
}

/// The files `npm` reads, from the weakest to the strongest.
fn npm_files() -> Vec<PathBuf> {
    let path = |name: &str| env::var_os(name).map(PathBuf::from);
    [
        Some(PathBuf::from("/etc/npmrc")),
        Some(PathBuf::from("/usr/local/etc/npmrc")),
        path("NPM_CONFIG_GLOBALCONFIG"),
        path("HOME").map(|home| home.join(".npmrc")),
        path("NPM_CONFIG_USERCONFIG").or_else(|| path("npm_config_userconfig")),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The registry `npm` would use, with its token; the public one if nothing is set.
fn node_registry(
    variable: &Variable<'_>,
    files: &[PathBuf],
    read: &ReadFile<'_>,
) -> Option<Registry> {
    let mut settings = HashMap::new();
    for text in files.iter().filter_map(|file| read(file)) {
        for line in text.lines().filter(|line| !line.trim_start().starts_with(['#', ';'])) {
            if let Some((key, value)) = line.split_once('=') {
                let value = value.trim().trim_matches('"').to_owned();
                settings.insert(key.trim().to_owned(), expand(&value, variable));
            }
        }
    }
    let named = variable("npm_config_registry")
        .or_else(|| variable("NPM_CONFIG_REGISTRY"))
        .or_else(|| settings.get("registry").cloned());
    let registry = Registry::at(named.as_deref().unwrap_or(NODE_REGISTRY))?;
    let place = registry.base.as_str().split_once(':').map_or("", |(_, rest)| rest);
    let places = [place, place.trim_end_matches('/')];
    let find = |key: &str| places.iter().find_map(|place| settings.get(&format!("{place}:{key}")));
    let authorization = find("_authToken")
        .map(|token| format!("Bearer {token}"))
        .or_else(|| find("_auth").map(|pair| format!("Basic {pair}")))
        .map(SecretString::from);
    Some(registry.with_authorization(authorization))
}

/// Replaces `${NAME}` by the environment's value, as `npm` does.
fn expand(value: &str, variable: &Variable<'_>) -> String {
    let mut pieces = value.split("${");
    let mut expanded = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        match piece.split_once('}') {
            Some((name, rest)) => {
                expanded.push_str(&variable(name).unwrap_or_default());
                expanded.push_str(rest);
            }
            None => expanded.push_str(piece),
        }
    }
    expanded
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use secrecy::ExposeSecret;
    use url::Url;

    use super::*;

    fn python(variables: &[(&str, &str)], file: &str) -> Vec<String> {
        let variable = |name: &str| {
            variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        };
        let read = |_: &Path| Some(file.to_owned());
        python_indexes(&variable, &[PathBuf::from("pip.conf")], &read)
            .into_iter()
            .map(|registry| registry.base.to_string())
            .collect()
    }

    #[test]
    fn pip_is_asked_in_its_own_order() {
        assert_eq!(python(&[], ""), ["https://pypi.org/simple/"]);
        let file = "[global]\nindex-url = https://one.test/simple\n[search]\nindex-url = https://no.test/\n";
        assert_eq!(python(&[], file), ["https://one.test/simple/"]);
        assert_eq!(
            python(&[("PIP_INDEX_URL", "https://two.test/root")], file),
            ["https://two.test/root/"]
        );
        let extra = "[global]\nindex_url: https://one.test/simple/\nextra-index-url =\n  https://a.test/x\n  https://b.test/y\n";
        assert_eq!(
            python(&[], extra),
            ["https://one.test/simple/", "https://a.test/x/", "https://b.test/y/"]
        );
    }

    #[test]
    fn a_password_leaves_the_address() {
        let registry = Registry::at("https://me:p%40ss@one.test/simple").expect("an address");
        assert_eq!(registry.base.as_str(), "https://one.test/simple/");
        let header = registry.authorization.clone().expect("a header");
        assert_eq!(header.expose_secret(), "Basic bWU6cEBzcw==");
        let elsewhere = Url::parse("https://files.test/a.whl").expect("an address");
        assert!(registry.file(elsewhere).authorization.is_none());
        assert!(!format!("{registry:?}").contains("bWU6"));
    }

    #[test]
    fn npm_gives_its_registry_and_token() {
        let variable = |name: &str| (name == "TOKEN").then(|| "secret".to_owned());
        let read = |_: &Path| {
            Some(
                "registry=https://npm.test/repo\n//npm.test/repo/:_authToken=${TOKEN}\n".to_owned(),
            )
        };
        let registry =
            node_registry(&variable, &[PathBuf::from(".npmrc")], &read).expect("a registry");
        assert_eq!(registry.base.as_str(), "https://npm.test/repo/");
        let header = registry.authorization.expect("a header");
        assert_eq!(header.expose_secret(), "Bearer secret");
        let public = node_registry(&|_| None, &[], &|_| None).expect("a registry");
        assert_eq!(public.base.as_str(), NODE_REGISTRY);
    }

    #[test]
    fn a_wheel_is_found_on_both_kinds_of_page() {
        let page = Url::parse("https://one.test/simple/my-model/").expect("an address");
        let wheel = "my_model-1.0-py3-none-any.whl";
        let json = r#"{"files":[{"filename":"my_model-1.0-py3-none-any.whl","url":"../../f/my_model-1.0-py3-none-any.whl"}]}"#;
        let found = wheel_address(&page, "application/vnd.pypi.simple.v1+json", json, wheel);
        assert_eq!(
            found.expect("the wheel").as_str(),
            "https://one.test/f/my_model-1.0-py3-none-any.whl"
        );
        let html = r#"<a href="/f/other-1.0.whl">x</a> <a data-x="1" href="/f/my_model-1.0-py3-none-any.whl#sha256=00">y</a>"#;
        let found = wheel_address(&page, "text/html", html, wheel);
        assert_eq!(
            found.expect("the wheel").as_str(),
            "https://one.test/f/my_model-1.0-py3-none-any.whl"
        );
        let absent = wheel_address(&page, "text/html", "<a href='x'>", wheel);
        assert!(matches!(absent, Err(FindError::Absent)));
    }

    #[test]
    fn names_are_taken_apart() {
        let project = project_of_wheel("moonshine_voice-0.1.0-py3-none-manylinux_2_34_x86_64.whl");
        assert_eq!(project.as_deref(), Ok("moonshine-voice"));
        assert!(project_of_wheel("../a-1-b-c-d.whl").is_err());
        assert!(project_of_wheel("a.tar.gz").is_err());
        assert_eq!(npm_name_and_version("@x/human@3.3.6"), Ok(("@x/human", "3.3.6")));
        assert!(npm_name_and_version("human").is_err());
    }
}
