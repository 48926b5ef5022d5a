#[derive(standoff_core::Layer)]
struct Odd<'a> {
    #[layer(dictionary)]
    text: &'a str,
}

fn main() {}
