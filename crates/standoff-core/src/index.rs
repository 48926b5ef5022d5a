//! The text order of a segment's rows, and searches in it in logarithmic time.
//!
//! A segment's rows stay where they were pushed; the index is a permutation of them in text order, kept only where they
//! were not pushed in order. Where the ends ascend as well (tokens, sentences, anything that does not nest) binary
//! search is enough; otherwise a segment tree over the ends, with the smallest and largest end below each node, finds
//! each next hit in O(log n), however rows nest or cross.

use crate::span::Span;

/// The index of one segment. Positions are places in text order, from 0.
#[derive(Clone, Debug, Default)]
pub(crate) struct TextIndex {
    /// Row at each position; empty where position and row are the same.
    order: Vec<u32>,
    /// Smallest and largest end below each node of the tree (root at 1, leaves last); empty where the ends ascend.
    tree: Vec<(u32, u32)>,
    /// Number of leaves of the tree, a power of two.
    leaves: usize,
}

/// What a search demands of a row's end.
#[derive(Clone, Copy, Debug)]
pub(crate) enum EndTest {
    Any,
    AtLeast(u32),
    AtMost(u32),
}

impl EndTest {
    fn node(self, (least, most): (u32, u32)) -> bool {
        match self {
            EndTest::Any => true,
            EndTest::AtLeast(end) => most >= end,
            EndTest::AtMost(end) => least <= end,
        }
    }
}

impl TextIndex {
    /// Rebuilds the index for rows with these spans, reusing its buffers.
    pub(crate) fn rebuild(&mut self, starts: &[u32], ends: &[u32]) {
        let span = |row: usize| Span::new(starts[row], ends[row]);
        self.order.clear();
        self.tree.clear();
        self.leaves = 0;
        let n = starts.len();
        if !(1..n).all(|row| span(row - 1) <= span(row)) {
            self.order.extend(0..n as u32);
            self.order.sort_unstable_by_key(|&row| (span(row as usize), row));
        }
        if !(1..n).all(|p| ends[self.row(p - 1)] <= ends[self.row(p)]) {
            self.leaves = n.next_power_of_two();
            self.tree.resize(2 * self.leaves, (u32::MAX, 0));
            for p in 0..n {
                let end = ends[self.row(p)];
                self.tree[self.leaves + p] = (end, end);
            }
            for node in (1..self.leaves).rev() {
                let (left, right) = (self.tree[2 * node], self.tree[2 * node + 1]);
                self.tree[node] = (left.0.min(right.0), left.1.max(right.1));
            }
        }
    }

    /// The row at a position.
    pub(crate) fn row(&self, position: usize) -> usize {
        self.order.get(position).map_or(position, |&row| row as usize)
    }

    /// Whether rows were pushed in text order.
    pub(crate) fn is_in_order(&self) -> bool {
        self.order.is_empty()
    }

    /// The first position at which the row's start fails `before`, which must hold for a prefix of the positions.
    pub(crate) fn first_start(&self, starts: &[u32], before: impl Fn(u32) -> bool) -> usize {
        partition(starts.len(), |p| before(starts[self.row(p)]))
    }

    /// Narrows the positions `low..high` by a test of the ends. Where the ends ascend all that is left passes, and the
    /// test returned is [`EndTest::Any`].
    pub(crate) fn narrow(&self, ends: &[u32], low: usize, high: usize, test: EndTest) -> (usize, usize, EndTest) {
        if !self.tree.is_empty() {
            return (low, high, test);
        }
        match test {
            EndTest::Any => (low, high, test),
            EndTest::AtLeast(end) => (low.max(partition(ends.len(), |p| ends[self.row(p)] < end)), high, EndTest::Any),
            EndTest::AtMost(end) => (low, high.min(partition(ends.len(), |p| ends[self.row(p)] <= end)), EndTest::Any),
        }
    }

    /// The first position in `low..high` whose end passes the test.
    pub(crate) fn next(&self, low: usize, high: usize, test: EndTest) -> Option<usize> {
        if low >= high {
            return None;
        }
        if matches!(test, EndTest::Any) || self.tree.is_empty() {
            return Some(low);
        }
        // Climb from the leaf `low` to the first node to the right that may hold a hit, then go down to its first one.
        let mut node = self.leaves + low;
        loop {
            if test.node(self.tree[node]) {
                while node < self.leaves {
                    node = if test.node(self.tree[2 * node]) { 2 * node } else { 2 * node + 1 };
                }
                let position = node - self.leaves;
                return (position < high).then_some(position);
            }
            while node & 1 == 1 {
                node /= 2;
            }
            if node == 0 {
                return None;
            }
            node += 1;
        }
    }

    /// The last position in `low..high` whose end passes the test.
    pub(crate) fn previous(&self, low: usize, high: usize, test: EndTest) -> Option<usize> {
        if low >= high {
            return None;
        }
        if matches!(test, EndTest::Any) || self.tree.is_empty() {
            return Some(high - 1);
        }
        let mut node = self.leaves + high - 1;
        loop {
            if test.node(self.tree[node]) {
                while node < self.leaves {
                    node = if test.node(self.tree[2 * node + 1]) { 2 * node + 1 } else { 2 * node };
                }
                let position = node - self.leaves;
                return (position >= low).then_some(position);
            }
            while node & 1 == 0 {
                node /= 2;
            }
            if node <= 1 {
                return None;
            }
            node -= 1;
        }
    }
}

/// The number of leading positions out of `n` for which `holds` is true; it must be true for a prefix.
fn partition(n: usize, holds: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut high) = (0, n);
    while low < high {
        let middle = low + (high - low) / 2;
        if holds(middle) { low = middle + 1 } else { high = middle }
    }
    low
}
