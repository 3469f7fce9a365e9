//! What is measured: numbers with units and no opinion.
