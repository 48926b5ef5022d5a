//! The phrases of all rules and lists in one trie over characters.
//!
//! A phrase is matched against tokens by their characters, so it need not be known how the tokenizer of a document cuts:
//! white space of the phrase has to be white space of the text, and both ends of the phrase ends of tokens.

use std::collections::HashMap;

use foldhash::fast::FixedState;

use crate::language::fold;

/// A node of the trie; the root is 0.
pub(crate) type Node = u32;

#[derive(Debug)]
pub(crate) struct Trie {
    steps: HashMap<(Node, char), Node, FixedState>,
    /// For each node the symbols of the phrases that end there.
    ends: Vec<Vec<u32>>,
    /// For each node whether a phrase goes on after it.
    inner: Vec<bool>,
}

impl Default for Trie {
    fn default() -> Trie {
        Trie { steps: HashMap::default(), ends: vec![Vec::new()], inner: vec![false] }
    }
}

impl Trie {
    /// Adds a phrase for a symbol.
    pub(crate) fn insert(&mut self, phrase: &str, symbol: u32) {
        let mut node = 0;
        for c in fold(phrase).chars() {
            let next = Node::try_from(self.ends.len()).unwrap_or(Node::MAX);
            let child = *self.steps.entry((node, c)).or_insert(next);
            if child == next {
                self.ends.push(Vec::new());
                self.inner.push(false);
            }
            self.inner[node as usize] = true;
            node = child;
        }
        let ends = &mut self.ends[node as usize];
        if node != 0 && !ends.contains(&symbol) {
            ends.push(symbol);
        }
    }

    /// The node that folded text leads to, if a phrase goes that way.
    pub(crate) fn walk(&self, mut node: Node, folded: &str) -> Option<Node> {
        for c in folded.chars() {
            node = *self.steps.get(&(node, c))?;
        }
        Some(node)
    }

    /// The symbols whose phrases end at a node.
    pub(crate) fn ends(&self, node: Node) -> &[u32] {
        self.ends.get(node as usize).map_or(&[], Vec::as_slice)
    }

    /// Whether some phrase goes on after a node.
    pub(crate) fn goes_on(&self, node: Node) -> bool {
        self.inner.get(node as usize).copied().unwrap_or(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_share_their_beginnings() {
        let mut trie = Trie::default();
        trie.insert("Prime Minister", 1);
        trie.insert("prime", 2);
        trie.insert("PRIME  minister", 3);
        trie.insert("", 4);
        let prime = trie.walk(0, "prime");
        assert_eq!(prime.map(|node| trie.ends(node)), Some([2].as_slice()));
        let node = prime.and_then(|node| trie.walk(node, " minister"));
        assert_eq!(node.map(|node| trie.ends(node)), Some([1, 3].as_slice()));
        assert_eq!(trie.walk(0, "print"), None);
        assert!(trie.ends(0).is_empty());
    }
}
