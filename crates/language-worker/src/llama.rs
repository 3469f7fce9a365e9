//! A GGUF model that llama.cpp runs on the processor.

use std::{fs, num::NonZeroU32, path::Path};

use anyhow::{Context as _, anyhow, ensure};
use language_worker::{Chat, Message, Role, WriteError, Writer, Written, grammar::ROOT};
use llama_cpp_2::{
    context::{LlamaContext, params::LlamaContextParams},
    llama_backend::LlamaBackend,
    llama_batch::LlamaBatch,
    model::{LlamaChatMessage, LlamaChatTemplate, LlamaModel, params::LlamaModelParams},
    sampling::LlamaSampler,
    token::LlamaToken,
};

/// Tokens that are read in one go; more take more memory and read no faster on a processor.
const BATCH_TOKENS: u32 = 128;
/// The share of probability that is drawn from at a temperature.
const TOP_P: f32 = 0.95;
/// The tokens that are drawn from at a temperature.
const TOP_K: i32 = 40;
/// Bytes of one number of the attention cache (half precision).
const CACHE_NUMBER_BYTES: u64 = 2;
/// The only sequence of the attention cache.
const SEQUENCE: u32 = 0;

/// Reads the weights.
///
/// # Errors
/// When the file is none that llama.cpp reads.
pub fn load(backend: &LlamaBackend, path: &Path) -> anyhow::Result<LlamaModel> {
    LlamaModel::load_from_file(backend, path, &LlamaModelParams::default())
        .with_context(|| format!("{} does not load", path.display()))
}

/// A model with its attention cache, which keeps the last request so that what the next one shares
/// with it at the beginning is not read again.
pub struct Llama<'m> {
    model: &'m LlamaModel,
    context: LlamaContext<'m>,
    template: LlamaChatTemplate,
    /// The tokens whose attention is in the cache.
    cached: Vec<LlamaToken>,
}

impl<'m> Llama<'m> {
    /// Makes room for `context_tokens` read and written tokens.
    ///
    /// # Errors
    /// When there is not enough memory, or the model is not made for chats.
    pub fn new(
        backend: &LlamaBackend,
        model: &'m LlamaModel,
        threads: u16,
        context_tokens: NonZeroU32,
    ) -> anyhow::Result<Self> {
        ensure!(model.n_ctx_train() > 0, "the model has no context");
        let tokens = context_tokens.min(NonZeroU32::try_from(model.n_ctx_train())?);
        let params = LlamaContextParams::default()
            .with_n_ctx(Some(tokens))
            .with_n_batch(BATCH_TOKENS)
            .with_n_ubatch(BATCH_TOKENS)
            .with_n_threads(threads.into())
            .with_n_threads_batch(threads.into());
        let context = model
            .new_context(backend, params)
            .context("there is not enough memory for the model; pick a smaller one")?;
        let template = model
            .chat_template(None)
            .map_err(|error| anyhow!("the model is not made for chats: {error}"))?;
        Ok(Self { model, context, template, cached: Vec::new() })
    }

    /// Bytes that it takes: the weights and the attention cache, or what this process holds in
    /// memory if that is more, since weights are also kept a second time in a quicker order.
    #[must_use]
    pub fn memory_bytes(&self) -> u64 {
        let model = self.model;
        let head = u64::try_from(model.n_embd()).unwrap_or(0) / u64::from(model.n_head().max(1));
        let key_and_value = 2 * head * u64::from(model.n_head_kv()) * CACHE_NUMBER_BYTES;
        let cache = u64::from(model.n_layer()) * key_and_value * u64::from(self.context.n_ctx());
        (model.size() + cache).max(resident_bytes().unwrap_or(0))
    }

    fn tokens_of(&self, chat: &Chat) -> Result<Vec<LlamaToken>, WriteError> {
        let refused = |error: String| WriteError::Refused(error);
        let messages = chat
            .messages
            .iter()
            .map(|message| {
                LlamaChatMessage::new(role_name(message).to_owned(), without_marks(message))
            })
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| refused(error.to_string()))?;
        let text = self
            .model
            .apply_chat_template(&self.template, &messages, true)
            .map_err(|error| refused(format!("the messages do not fit the model: {error}")))?;
        Ok(self.model.vocab().tokenize(text.as_bytes(), true, true))
    }

    /// What the next token is chosen by: those that the grammar allows, if there is one, first.
    fn sampler(&self, chat: &Chat) -> Result<LlamaSampler, WriteError> {
        let mut chain = Vec::new();
        if let Some(grammar) = chat.grammar()? {
            chain.push(LlamaSampler::grammar(self.model, &grammar, ROOT).map_err(failed)?);
        }
        if chat.temperature <= 0.0 {
            chain.push(LlamaSampler::greedy());
        } else {
            chain.extend([
                LlamaSampler::top_k(TOP_K),
                LlamaSampler::top_p(TOP_P, 1),
                LlamaSampler::temp(chat.temperature),
                LlamaSampler::dist(chat.seed),
            ]);
        }
        Ok(LlamaSampler::chain_simple(chain))
    }

    /// Brings `tokens` into the cache, keeping what it begins with, and leaves the last one's
    /// prediction ready.
    fn read(
        &mut self,
        tokens: &[LlamaToken],
        stopped: &dyn Fn() -> bool,
    ) -> Result<(), WriteError> {
        let shared = self.cached.iter().zip(tokens).take_while(|(a, b)| a == b).count();
        // The last token is read again, since only reading gives its prediction.
        let kept = shared.min(tokens.len().saturating_sub(1));
        self.forget_after(kept)?;
        let mut batch = LlamaBatch::new(BATCH_TOKENS as usize, 1);
        for piece in tokens[kept..].chunks(BATCH_TOKENS as usize) {
            if stopped() {
                return Err(WriteError::Stopped);
            }
            batch.clear();
            for (index, token) in piece.iter().enumerate() {
                let at = i32::try_from(self.cached.len() + index).map_err(failed)?;
                batch.add(*token, at, &[0], index + 1 == piece.len()).map_err(failed)?;
            }
            self.context.decode(&mut batch).map_err(failed)?;
            self.cached.extend_from_slice(piece);
        }
        Ok(())
    }

    fn forget_after(&mut self, kept: usize) -> Result<(), WriteError> {
        let from = u32::try_from(kept).map_err(failed)?;
        let removed =
            self.context.clear_kv_cache_seq(Some(SEQUENCE), Some(from), None).map_err(failed)?;
        if removed {
            self.cached.truncate(kept);
            Ok(())
        } else {
            // Some kinds of model cannot forget a part.
            self.context.clear_kv_cache();
            self.cached.clear();
            Err(WriteError::Failed("the model could not forget; ask again".to_owned()))
        }
    }
}

impl Writer for Llama<'_> {
    fn write(&mut self, chat: &Chat, stopped: &dyn Fn() -> bool) -> Result<Written, WriteError> {
        let prompt = self.tokens_of(chat)?;
        let room = self.context.n_ctx() as usize;
        if prompt.is_empty() || prompt.len() + chat.tokens_max() as usize > room {
            let (read, write) = (prompt.len(), chat.tokens_max());
            return Err(WriteError::Refused(format!(
                "{read} tokens to read and {write} to write do not fit into {room}; send less"
            )));
        }
        let mut sampler = self.sampler(chat)?;
        let mut bytes = Vec::new();
        let mut written = 0;
        let mut ended = false;
        let mut next = prompt.clone();
        while !ended && written < chat.tokens_max() as usize {
            self.read(&next, stopped)?;
            let token = sampler.sample(&self.context, -1);
            let vocab = self.model.vocab();
            if vocab.is_eog(token) {
                ended = true;
            } else {
                bytes.extend(vocab.token_to_piece(token, false, None));
                next.push(token);
                written += 1;
            }
        }
        Ok(Written {
            // A limit may cut a letter of several bytes in two.
            text: String::from_utf8_lossy(&bytes).trim_end_matches('\u{FFFD}').to_owned(),
            ended,
            tokens_read: prompt.len(),
            tokens_written: written,
        })
    }
}

/// What this process holds in memory, where the system tells.
fn resident_bytes() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? << 10)
}

fn failed(error: impl std::fmt::Display) -> WriteError {
    WriteError::Failed(error.to_string())
}

fn role_name(message: &Message) -> &'static str {
    match message.role {
        Role::System => "system",
        Role::User => "user",
        Role::Assistant => "assistant",
    }
}

/// The content without what a model would take for the marks between messages, so that nobody's
/// words can pose as another speaker's; a zero byte would end it.
fn without_marks(message: &Message) -> String {
    message.content.replace("<|", "< |").replace('\0', " ")
}
