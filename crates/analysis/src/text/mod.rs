//! The words of an answer, read: sentences, clauses, and which words carry content.
