//! `#[derive(Layer)]`: one struct declares an annotation layer. The trait of the same name in `standoff-core` says what
//! it means; this crate only writes the implementation.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::{Attribute, Data, DeriveInput, Error, Expr, Fields, GenericParam, Lifetime, Lit, LitStr, Meta, Result, Type, parse_macro_input};

/// Implements `standoff_core::Layer` for a struct with named fields.
///
/// On the struct: `#[layer(name = "…")]` gives the layer's name (without it: the struct's name in lower case). On a field:
/// `#[layer(symbol)]`, `#[layer(name = "…")]`, `#[layer(target = "…")]`, `#[layer(crate = path)]` on the struct where
/// `standoff_core` goes by another path.
#[proc_macro_derive(Layer, attributes(layer))]
pub fn derive_layer(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    expand(&input).unwrap_or_else(Error::into_compile_error).into()
}

#[derive(Default)]
struct Options {
    name: Option<LitStr>,
    target: Option<LitStr>,
    symbol: bool,
    core: Option<syn::Path>,
}

fn expand(input: &DeriveInput) -> Result<TokenStream> {
    let Data::Struct(data) = &input.data else {
        return Err(Error::new_spanned(&input.ident, "a layer is a struct: each field is an attribute of its rows"));
    };
    let Fields::Named(fields) = &data.fields else {
        return Err(Error::new_spanned(&input.ident, "a layer is a struct with named fields: the names are those of its attributes"));
    };
    let lifetime = lifetime_of(input)?;
    let options = options(&input.attrs)?;
    if options.symbol || options.target.is_some() {
        return Err(Error::new_spanned(&input.ident, "`symbol` and `target` belong to a field"));
    }
    let core = options.core.unwrap_or_else(|| syn::parse_quote!(::standoff_core));
    let name = options.name.map_or_else(|| input.ident.to_string().to_lowercase(), |n| n.value());
    let doc = doc_of(&input.attrs);

    let mut attributes = Vec::new();
    let mut reads = Vec::new();
    let mut writes = Vec::new();
    let mut span = None;
    let mut names = Vec::new();
    for field in &fields.named {
        let ident = field.ident.as_ref().ok_or_else(|| Error::new_spanned(field, "a field needs a name"))?;
        let options = self::options(&field.attrs)?;
        if ident == "span" {
            span = Some(ident);
            reads.push(quote!(#ident: segment.span(row)));
            continue;
        }
        let index = attributes.len();
        let attribute = options.name.map_or_else(|| ident.to_string(), |n| n.value());
        if ["start", "end", "by", "rule", "score"].contains(&attribute.as_str()) {
            return Err(Error::new_spanned(ident, format!("`{attribute}` is taken by the wire form; name the attribute otherwise")));
        }
        if names.contains(&attribute) {
            return Err(Error::new_spanned(ident, format!("a second attribute `{attribute}`")));
        }
        let (symbol, doc) = (options.symbol, doc_of(&field.attrs));
        let target = options.target.map_or_else(|| quote!(::core::option::Option::None), |t| quote!(::core::option::Option::Some(#t)));
        let static_type = with_lifetime(&field.ty, lifetime.as_ref(), &Lifetime::new("'static", Span::call_site()));
        attributes.push(quote!(#core::__private::attribute_of::<#static_type>(#attribute, #symbol, #target, #doc)));
        names.push(attribute);
        reads.push(quote!(#ident: segment.field(#index, row)));
        writes.push(quote!(segment.push_value(#index, #core::Field::value(&layer_row.#ident));));
    }

    let ident = &input.ident;
    let spans = span.is_some();
    let place = span.map_or_else(|| quote!(#core::Span::new(0, 0)), |s| quote!(layer_row.#s));
    let (impl_generics, self_type, row_type) = match &lifetime {
        Some(l) => (quote!(<#l>), quote!(#ident<#l>), quote!(#ident<'row>)),
        None => (quote!(), quote!(#ident), quote!(#ident)),
    };
    Ok(quote! {
        #[automatically_derived]
        impl #impl_generics #core::Layer for #self_type {
            const NAME: &'static str = #name;
            type Row<'row> = #row_type;

            fn schema() -> &'static #core::__private::Arc<#core::Schema> {
                static SCHEMA: #core::__private::LazyLock<#core::__private::Arc<#core::Schema>> =
                    #core::__private::LazyLock::new(|| {
                        #[allow(unused_mut)]
                        let mut schema = #core::Schema::new(#name, #spans);
                        schema.doc = ::std::string::String::from(#doc);
                        #(schema.attributes.push(#attributes);)*
                        #core::__private::Arc::new(schema)
                    });
                &SCHEMA
            }

            #[allow(unused_variables)]
            fn read<'row>(segment: &#core::SegmentView<'row>, row: usize) -> #row_type {
                #ident { #(#reads),* }
            }

            #[allow(unused_variables)]
            fn write(layer_row: &Self::Row<'_>, segment: &mut #core::SegmentBuilder) -> #core::RowRef {
                #(#writes)*
                segment.finish_row(#place)
            }
        }
    })
}

fn lifetime_of(input: &DeriveInput) -> Result<Option<Lifetime>> {
    let mut lifetimes = Vec::new();
    for parameter in &input.generics.params {
        match parameter {
            GenericParam::Lifetime(l) => lifetimes.push(l.lifetime.clone()),
            other => return Err(Error::new_spanned(other, "a layer may have one lifetime and no other parameters")),
        }
    }
    match lifetimes.as_slice() {
        [] => Ok(None),
        [one] => Ok(Some(one.clone())),
        [_, second, ..] => Err(Error::new_spanned(second, "a layer may have one lifetime and no other parameters")),
    }
}

/// The type with one lifetime put in the place of another.
fn with_lifetime(ty: &Type, from: Option<&Lifetime>, to: &Lifetime) -> TokenStream {
    fn replace(stream: TokenStream, from: &str, to: &Lifetime) -> TokenStream {
        use proc_macro2::TokenTree;
        let mut out = TokenStream::new();
        let mut tokens = stream.into_iter().peekable();
        while let Some(token) = tokens.next() {
            match token {
                TokenTree::Punct(p) if p.as_char() == '\'' => match tokens.peek() {
                    Some(TokenTree::Ident(i)) if *i == from => {
                        tokens.next();
                        out.extend(quote!(#to));
                    }
                    _ => out.extend([TokenTree::Punct(p)]),
                },
                TokenTree::Group(g) => {
                    let mut group = proc_macro2::Group::new(g.delimiter(), replace(g.stream(), from, to));
                    group.set_span(g.span());
                    out.extend([TokenTree::Group(group)]);
                }
                other => out.extend([other]),
            }
        }
        out
    }
    let stream = quote!(#ty);
    from.map_or(stream.clone(), |l| replace(stream, &l.ident.to_string(), to))
}

fn options(attrs: &[Attribute]) -> Result<Options> {
    let mut options = Options::default();
    for attr in attrs.iter().filter(|a| a.path().is_ident("layer")) {
        attr.parse_nested_meta(|meta| {
            if meta.path.is_ident("name") {
                options.name = Some(meta.value()?.parse()?);
            } else if meta.path.is_ident("target") {
                options.target = Some(meta.value()?.parse()?);
            } else if meta.path.is_ident("symbol") {
                options.symbol = true;
            } else if meta.path.is_ident("crate") {
                options.core = Some(meta.value()?.parse()?);
            } else {
                return Err(meta.error("expected `name = \"…\"`, `symbol`, `target = \"…\"` or `crate = path`"));
            }
            Ok(())
        })?;
    }
    Ok(options)
}

/// The doc comment as one paragraph.
fn doc_of(attrs: &[Attribute]) -> String {
    let lines = attrs.iter().filter_map(|attr| match &attr.meta {
        Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
            Expr::Lit(lit) => match &lit.lit {
                Lit::Str(s) => Some(s.value().trim().to_owned()),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    });
    lines.collect::<Vec<_>>().join(" ").trim().to_owned()
}
