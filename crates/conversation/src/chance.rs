//! Chance that is the same every time: numbers and orders made from a seed.

/// A well-mixed number from a seed (the finaliser of SplitMix64, Steele and others 2014).
pub(crate) fn mixed(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// The numbers `0..len` in an order of the seed's (Fisher and Yates).
pub(crate) fn shuffled(len: usize, seed: u64) -> Vec<usize> {
    let mut order: Vec<usize> = (0..len).collect();
    let mut state = mixed(seed);
    for last in (1..len).rev() {
        state = mixed(state);
        order.swap(last, (state % (last as u64 + 1)) as usize);
    }
    order
}
