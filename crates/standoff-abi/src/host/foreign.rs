//! Plugins on the other side of the contract.

use std::ffi::c_void;
use std::mem::size_of;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value as Json;

use crate::borrow;
use crate::contain::discard;
use crate::core::{Annotator, AnyPlugin, BuildContext, Document, Error, Layers, Manifest, Output, RuleDoc, Schema};
use crate::lend::{self, Lender};
use crate::{failure, v1};

/// The functions of a library that are there for certain.
#[derive(Clone, Copy)]
pub(super) struct Call {
    table: &'static v1::Table,
    create: v1::Create,
    annotate: v1::Annotate,
}

impl Call {
    /// # Errors
    /// The name of the function that the table lacks.
    pub(super) fn of(table: &'static v1::Table) -> Result<Call, &'static str> {
        Ok(Call { table, create: table.create.ok_or("create")?, annotate: table.annotate.ok_or("annotate")? })
    }
}

/// A plugin of a library.
#[derive(Clone)]
pub(super) struct ForeignPlugin {
    call: Call,
    manifest: Manifest,
    settings_schema: Json,
    /// Its layers with default settings, where the library says so beforehand.
    layers: Option<Layers>,
    /// The settings that were last asked about, with the layers. A plan asks, and whoever builds asks again: both get the
    /// same schemas, which are then known by identity.
    asked: Arc<Mutex<Option<(String, Layers)>>>,
}

impl std::fmt::Debug for ForeignPlugin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("ForeignPlugin").field(&self.manifest.name).finish()
    }
}

impl ForeignPlugin {
    pub(super) fn new(call: Call, manifest: Manifest, settings_schema: Json, layers: Option<Layers>) -> ForeignPlugin {
        ForeignPlugin { call, manifest, settings_schema, layers, asked: Arc::default() }
    }
}

impl AnyPlugin for ForeignPlugin {
    fn manifest(&self) -> Manifest {
        self.manifest.clone()
    }

    fn settings_schema(&self) -> Json {
        self.settings_schema.clone()
    }

    fn layers(&self, settings: &Json) -> Result<Layers, Error> {
        let Some(layers) = self.call.table.layers else {
            return self.layers.clone().ok_or_else(|| Error::contract("it does not say which layers it reads and writes"));
        };
        let (name, settings) = (&self.manifest.name, settings.to_string());
        // SAFETY: the strings are lent for the call.
        let text = ask(Error::settings, |reply| unsafe { layers(v1::Str::new(name), v1::Str::new(&settings), reply) })?;
        let found: Layers =
            serde_json::from_str(&text).map_err(|e| Error::contract("it gives its layers in a way that cannot be read").with_source(e))?;
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        match &*asked {
            Some((before, known)) if *before == settings && *known == found => Ok(known.clone()),
            _ => {
                *asked = Some((settings, found.clone()));
                Ok(found)
            }
        }
    }

    fn build(&self, settings: &Json, context: &BuildContext) -> Result<Box<dyn Annotator>, Error> {
        let layers = self.layers(settings)?;
        let (name, settings) = (&self.manifest.name, settings.to_string());
        let folder = context.base();
        let folder = folder.to_str().ok_or_else(|| Error::resource("the path of the folder is not UTF-8").at(folder, None, None))?;
        let mut instance = ptr::null_mut();
        // SAFETY: the strings and the place for the pointer are lent for the call.
        ask(Error::settings, |reply| unsafe {
            (self.call.create)(v1::Str::new(name), v1::Str::new(&settings), v1::Str::new(folder), reply, &raw mut instance)
        })?;
        Ok(Box::new(Foreign { call: self.call, instance, gives: layers.gives }))
    }
}

/// An annotator of a library.
struct Foreign {
    call: Call,
    instance: *mut c_void,
    gives: Vec<Arc<Schema>>,
}

// SAFETY: the contract has it that an annotator may be called from any thread, several at once.
unsafe impl Send for Foreign {}
// SAFETY: as above.
unsafe impl Sync for Foreign {}

impl Drop for Foreign {
    fn drop(&mut self) {
        if let Some(destroy) = self.call.table.destroy {
            // SAFETY: `create` gave the instance, and nothing uses it any more.
            unsafe { destroy(self.instance) };
        }
    }
}

impl Annotator for Foreign {
    fn annotate(&self, document: &Document, output: &mut Output) -> Result<(), Error> {
        if let Some(lent) = lend::plain(document) {
            return self.call_annotate(&lent, output);
        }
        let mut lender = output.take_scratch::<Lender>();
        let result = self.call_annotate(&lender.document(document), output);
        output.put_scratch(lender);
        result
    }

    fn rules(&self) -> Vec<RuleDoc> {
        let Some(rules) = self.call.table.rules else { return Vec::new() };
        // SAFETY: `create` gave the instance.
        let text = ask(Error::annotate, |reply| unsafe { rules(self.instance, reply) });
        // What is said of rules is for people: a library that fails here has none to tell of.
        text.ok().and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
    }

    fn explain(&self, document: &Document, rule: Option<&str>) -> Result<Option<String>, Error> {
        let Some(explain) = self.call.table.explain else { return Ok(None) };
        let mut lender = Lender::default();
        let lent = lender.document(document);
        // SAFETY: `create` gave the instance; document and rule are lent for the call.
        let text = ask(Error::annotate, |reply| unsafe { explain(self.instance, &raw const *lent, v1::Str::maybe(rule), reply) })?;
        Ok(Some(text).filter(|t| !t.is_empty()))
    }
}

impl Foreign {
    fn call_annotate(&self, lent: &v1::Document, output: &mut Output) -> Result<(), Error> {
        let mut taker = Taker { gives: &self.gives, output, wrong: None };
        let sink = v1::Sink {
            size: size_of::<v1::Sink>() as u32,
            flags: 0,
            context: (&raw mut taker).cast(),
            append: Some(append),
            retract: Some(retract),
        };
        // SAFETY: `create` gave the instance; document and sink are lent for the call.
        let result = ask(Error::annotate, |reply| unsafe { (self.call.annotate)(self.instance, lent, &raw const sink, reply) });
        // What the plugin broke says more than that it then gave up, and counts even where it went on.
        match taker.wrong {
            Some(wrong) => Err(wrong),
            None => result.map(|_| ()),
        }
    }
}

/// Takes what a plugin gives for one document.
struct Taker<'t> {
    gives: &'t [Arc<Schema>],
    output: &'t mut Output,
    wrong: Option<Error>,
}

impl Taker<'_> {
    /// Does the work of one callback.
    fn take(&mut self, work: impl FnOnce(&mut Self) -> Result<(), Error>) -> i32 {
        if self.wrong.is_some() {
            return v1::ERROR;
        }
        let result = catch_unwind(AssertUnwindSafe(|| work(self)));
        // Nothing of ours panics here; if it did, it must not unwind through the plugin.
        let result = result.unwrap_or_else(|payload| {
            discard(payload);
            Err(Error::panic("taking its rows panicked"))
        });
        self.wrong = result.err();
        if self.wrong.is_none() { v1::OK } else { v1::ERROR }
    }
}

unsafe extern "C" fn append(context: *mut c_void, rows: *const v1::Rows) -> i32 {
    // SAFETY: the plugin hands back the context of its sink, on the thread of the call, while the call lasts.
    let Some(taker) = (unsafe { context.cast::<Taker<'_>>().as_mut() }) else { return v1::ERROR };
    taker.take(|taker| {
        // SAFETY: the plugin lends its rows for the call.
        let raw = unsafe { borrow::at(rows) }?;
        let Some(schema) = taker.gives.get(raw.layer as usize) else {
            return Err(Error::contract(format!("it writes to layer number {}, and declares to give {}", raw.layer, taker.gives.len())));
        };
        // SAFETY: the plugin lends its rows for the call.
        unsafe { borrow::append(raw, taker.output.segment_at(raw.layer as usize, schema)?) }
    })
}

unsafe extern "C" fn retract(context: *mut c_void, retraction: *const v1::Retraction) -> i32 {
    // SAFETY: as in `append`.
    let Some(taker) = (unsafe { context.cast::<Taker<'_>>().as_mut() }) else { return v1::ERROR };
    taker.take(|taker| {
        // SAFETY: the plugin lends the retraction for the call.
        let (row, rule) = unsafe { borrow::retraction(retraction) }?;
        taker.output.retract(row, rule);
        Ok(())
    })
}

/// Which plugins a library has, as it says itself.
pub(super) fn describe(table: &'static v1::Table) -> Result<String, Error> {
    let describe = table.describe.ok_or_else(|| Error::contract("it lacks the function `describe`"))?;
    // SAFETY: the table is that of a loaded library.
    ask(Error::contract, |reply| unsafe { describe(reply) })
}

/// More than any answer needs; a library that goes on writing must not fill the memory.
const LONGEST_ANSWER: usize = 1 << 28;

/// Calls a function that answers with text. `usual` makes the error where the text does not say of which kind it is.
fn ask(usual: fn(String) -> Error, call: impl FnOnce(*const v1::Reply) -> i32) -> Result<String, Error> {
    let mut answer: Vec<u8> = Vec::new();
    let reply = v1::Reply { size: size_of::<v1::Reply>() as u32, flags: 0, context: (&raw mut answer).cast(), write: Some(write) };
    let status = call(&raw const reply);
    if answer.len() >= LONGEST_ANSWER {
        return Err(Error::contract("its answer has more than 256 MiB"));
    }
    match status {
        v1::OK => String::from_utf8(answer).map_err(|_| Error::contract("its answer is not UTF-8")),
        v1::ERROR => Err(failure::read(&String::from_utf8_lossy(&answer), usual)),
        v1::PANIC => Err(Error::panic(format!("it panicked: {}", String::from_utf8_lossy(&answer)))),
        other => {
            let text = String::from_utf8_lossy(&answer);
            let said = if text.is_empty() { String::new() } else { format!(" ({text})") };
            Err(Error::contract(format!("it answered with the unknown status {other}{said}")))
        }
    }
}

unsafe extern "C" fn write(context: *mut c_void, text: v1::Str) {
    // SAFETY: the plugin hands back the context of its reply, on the thread of the call, while the call lasts.
    let Some(answer) = (unsafe { context.cast::<Vec<u8>>().as_mut() }) else { return };
    if text.data.is_null() || text.len >= LONGEST_ANSWER || answer.len() >= LONGEST_ANSWER {
        return;
    }
    // SAFETY: the plugin lends the text for the call.
    let bytes = unsafe { std::slice::from_raw_parts(text.data, text.len) };
    let result = catch_unwind(AssertUnwindSafe(|| answer.extend_from_slice(bytes)));
    if let Err(payload) = result {
        discard(payload);
    }
}
