//! The plugin's side: the table that a host calls, over the plugins that this library registered.
//!
//! Every function catches panics, so that nothing unwinds into the host, and answers with a status.

use std::ffi::c_void;
use std::mem::size_of;

use serde_json::{Value as Json, json};

use crate::borrow::{self, Known};
use crate::contain::contain;
use crate::core::{Annotator, AnyPlugin, BuildContext, Document, Error, Output, Provenance, Task, linked_plugins, nearest};
use crate::lend::Lender;
use crate::pool::Pool;
use crate::{failure, v1};

/// What the entry symbol is.
pub(crate) const TABLE: v1::Table = v1::Table {
    header: v1::Header {
        magic: v1::MAGIC,
        major: v1::MAJOR,
        minor: v1::MINOR,
        size: size_of::<v1::Table>() as u32,
        flags: if cfg!(panic = "abort") { v1::ABORTS_ON_PANIC } else { 0 },
    },
    describe: Some(describe),
    layers: Some(layers),
    create: Some(create),
    annotate: Some(annotate),
    rules: Some(rules),
    explain: Some(explain),
    destroy: Some(destroy),
};

/// An annotator that a host holds.
struct Instance {
    annotator: Box<dyn Annotator>,
    task: Task,
    /// What one call at a time works with, to be used again by the next.
    sessions: Pool<Session>,
}

#[derive(Default)]
struct Session {
    output: Output,
    lender: Lender,
    known: Known,
}

impl Instance {
    fn session(&self) -> Box<Session> {
        self.sessions.take().unwrap_or_else(|| {
            let layers = self.task.layers();
            // With the very schemas that the annotator reads by, its typed reads need not compare attributes.
            let read = layers.needs.iter().chain(&layers.uses).filter_map(|read| read.schema.clone());
            Box::new(Session { known: Known::of(read.chain(layers.gives.iter().cloned())), ..Session::default() })
        })
    }
}

unsafe extern "C" fn describe(reply: *const v1::Reply) -> i32 {
    // SAFETY: the host's promise.
    let reply = unsafe { Replier::new(reply) };
    guard(reply, || {
        let plugins: Vec<Json> = linked_plugins()
            .into_iter()
            .map(|plugin| {
                let layers = plugin.layers(&json!({})).ok();
                json!({ "manifest": plugin.manifest(), "settings_schema": plugin.settings_schema(), "layers": layers })
            })
            .collect();
        Ok(Some(json!({ "plugins": plugins }).to_string()))
    })
}

unsafe extern "C" fn layers(plugin: v1::Str, settings: v1::Str, reply: *const v1::Reply) -> i32 {
    // SAFETY: the host's promise.
    let reply = unsafe { Replier::new(reply) };
    guard(reply, || {
        // SAFETY: the host's promise.
        let (name, settings) = unsafe { (borrow::string(plugin, "bytes of a name")?, borrow::string(settings, "bytes of settings")?) };
        let layers = find(name)?.layers(&json_of(settings)?)?;
        Ok(Some(serde_json::to_string(&layers).map_err(|e| Error::annotate("the layers cannot be written").with_source(e))?))
    })
}

unsafe extern "C" fn create(
    plugin: v1::Str,
    settings: v1::Str,
    folder: v1::Str,
    reply: *const v1::Reply,
    annotator: *mut *mut c_void,
) -> i32 {
    // SAFETY: the host's promise.
    let reply = unsafe { Replier::new(reply) };
    guard(reply, || {
        // SAFETY: the host's promise, for the three strings.
        let name = unsafe { borrow::string(plugin, "bytes of a name") }?;
        // SAFETY: see above.
        let settings = json_of(unsafe { borrow::string(settings, "bytes of settings") }?)?;
        // SAFETY: see above.
        let folder = unsafe { borrow::string(folder, "bytes of a path") }?.unwrap_or_default();
        let plugin = find(name)?;
        let layers = plugin.layers(&settings)?;
        let manifest = plugin.manifest();
        let made = plugin.build(&settings, &BuildContext::new(folder))?;
        let provenance = Provenance { annotator: manifest.name, version: manifest.version, settings: String::new() };
        let instance = Instance { annotator: made, task: Task::of(provenance, layers), sessions: Pool::default() };
        if annotator.is_null() {
            return Err(Error::contract("no place to put the annotator"));
        }
        // SAFETY: the host gives a place for the pointer.
        unsafe { annotator.write(Box::into_raw(Box::new(instance)).cast()) };
        Ok(None)
    })
}

unsafe extern "C" fn annotate(
    annotator: *mut c_void,
    document: *const v1::Document,
    sink: *const v1::Sink,
    reply: *const v1::Reply,
) -> i32 {
    // SAFETY: the host's promise.
    let reply = unsafe { Replier::new(reply) };
    guard(reply, || {
        // SAFETY: the host hands back what `create` gave it, and lends document and sink for the call.
        let (instance, sink) = unsafe { (instance(annotator)?, borrow::at(sink)?) };
        let mut session = instance.session();
        let mut lent = Document::default();
        // SAFETY: the host lends the document for the call.
        unsafe { borrow::document(document, &mut session.known, &mut lent) }?;
        let result = run(instance, &mut lent, sink, &mut session);
        std::mem::swap(&mut session.known.meta, lent.meta_mut());
        instance.sessions.put_back(session);
        if lent.segments().is_empty() {
            // It owns nothing: its text is lent, and its metadata went back. To drop it would be to ask each part.
            std::mem::forget(lent);
        }
        result.map(|()| None)
    })
}

fn run(instance: &Instance, document: &mut Document<'_>, sink: &v1::Sink, session: &mut Session) -> Result<(), Error> {
    let Session { output, lender, .. } = session;
    if !document.segments().is_empty() {
        document.restrict(Some(&instance.task));
    }
    output.begin_at(document.segments().len(), &instance.task);
    instance.annotator.annotate(document, output)?;
    let refused = || Error::annotate("the host refused the rows");
    for (layer, builder) in output.builders().iter().enumerate().filter(|(_, b)| !b.is_empty()) {
        let append = sink.append.ok_or_else(|| Error::contract("the host takes no rows"))?;
        let rows = lender.rows(builder.segment(), layer as u32);
        // SAFETY: the rows are lent for the call, and the context is the host's own.
        if unsafe { append(sink.context, &raw const *rows) } != v1::OK {
            return Err(refused());
        }
    }
    for (row, rule) in output.retractions() {
        let retract = sink.retract.ok_or_else(|| Error::contract("the host takes no retractions"))?;
        let size = size_of::<v1::Retraction>() as u32;
        let retraction = v1::Retraction { size, by: 0, row: *row, rule: v1::Str::new(rule) };
        // SAFETY: as above.
        if unsafe { retract(sink.context, &raw const retraction) } != v1::OK {
            return Err(refused());
        }
    }
    Ok(())
}

unsafe extern "C" fn rules(annotator: *mut c_void, reply: *const v1::Reply) -> i32 {
    // SAFETY: the host's promise.
    let reply = unsafe { Replier::new(reply) };
    guard(reply, || {
        // SAFETY: the host hands back what `create` gave it.
        let rules = unsafe { instance(annotator) }?.annotator.rules();
        Ok(Some(serde_json::to_string(&rules).map_err(|e| Error::annotate("the rules cannot be written").with_source(e))?))
    })
}

unsafe extern "C" fn explain(annotator: *mut c_void, document: *const v1::Document, rule: v1::Str, reply: *const v1::Reply) -> i32 {
    // SAFETY: the host's promise.
    let reply = unsafe { Replier::new(reply) };
    guard(reply, || {
        // SAFETY: the host hands back what `create` gave it.
        let instance = unsafe { instance(annotator) }?;
        // SAFETY: the host lends the document and the string for the call.
        let rule = unsafe { borrow::string(rule, "bytes of a name") }?;
        let mut lent = Document::default();
        // SAFETY: see above.
        unsafe { borrow::document(document, &mut Known::default(), &mut lent) }?;
        lent.restrict(Some(&instance.task));
        instance.annotator.explain(&lent, rule)
    })
}

unsafe extern "C" fn destroy(annotator: *mut c_void) {
    if !annotator.is_null() {
        // SAFETY: the host hands back what `create` gave it, once, and uses it no more.
        let instance = unsafe { Box::from_raw(annotator.cast::<Instance>()) };
        // Nobody is left to be told of a panic.
        let _ = contain(|| drop(instance));
    }
}

/// # Safety
/// The pointer is null or one that `create` gave, and not destroyed.
unsafe fn instance<'a>(annotator: *mut c_void) -> Result<&'a Instance, Error> {
    // SAFETY: the caller's promise.
    unsafe { annotator.cast::<Instance>().as_ref() }.ok_or_else(|| Error::contract("no annotator"))
}

fn find(name: Option<&str>) -> Result<&'static dyn AnyPlugin, Error> {
    let name = name.unwrap_or_default();
    let plugins = linked_plugins();
    let found = plugins.iter().find(|p| p.manifest().name == name).copied();
    found.ok_or_else(|| {
        let names: Vec<String> = plugins.iter().map(|p| p.manifest().name).collect();
        let error = Error::plan(format!("the library has no plugin `{name}`"));
        match nearest(name, names.iter().map(String::as_str)) {
            Some(near) => error.help(format!("did you mean `{near}`?")),
            None => error,
        }
    })
}

fn json_of(settings: Option<&str>) -> Result<Json, Error> {
    match settings {
        None => Ok(json!({})),
        Some(text) => serde_json::from_str(text).map_err(|e| Error::settings("the settings are not JSON").with_source(e)),
    }
}

/// Answers the host.
#[derive(Clone, Copy)]
struct Replier<'a>(Option<&'a v1::Reply>);

impl Replier<'_> {
    /// # Safety
    /// The pointer is null or leads to a reply that is good for the call.
    unsafe fn new<'a>(reply: *const v1::Reply) -> Replier<'a> {
        // SAFETY: the caller's promise.
        Replier(unsafe { borrow::at(reply) }.ok())
    }

    fn write(self, text: &str) {
        if let Some(reply) = self.0
            && let Some(write) = reply.write
        {
            // SAFETY: the text is lent for the call, and the context is the host's own.
            unsafe { write(reply.context, v1::Str::new(text)) };
        }
    }
}

/// Does the work of one call, and answers.
fn guard(reply: Replier<'_>, call: impl FnOnce() -> Result<Option<String>, Error>) -> i32 {
    match contain(call) {
        Ok(Ok(text)) => {
            text.iter().for_each(|text| reply.write(text));
            v1::OK
        }
        Ok(Err(error)) => {
            reply.write(&failure::write(&error));
            v1::ERROR
        }
        Err(message) => {
            reply.write(&message);
            v1::PANIC
        }
    }
}
