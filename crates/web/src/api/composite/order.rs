//! In which order sub-requests are carried out: each after those that it refers to.

use std::collections::BTreeSet;

/// The order, as near to the given one as references allow. `refers` says of each to which it refers. Errors: those that
/// are in a loop, or wait for one.
pub fn order(refers: &[BTreeSet<usize>]) -> Result<Vec<usize>, Vec<usize>> {
    let mut order: Vec<usize> = Vec::with_capacity(refers.len());
    let mut left: Vec<(usize, &BTreeSet<usize>)> = refers.iter().enumerate().collect();
    while !left.is_empty() {
        let next = left.iter().position(|(_, refers)| refers.iter().all(|one| order.contains(one)));
        match next {
            Some(place) => order.push(left.remove(place).0),
            None => return Err(left.into_iter().map(|(one, _)| one).collect()),
        }
    }
    Ok(order)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ordered(refers: &[&[usize]]) -> Result<Vec<usize>, Vec<usize>> {
        let refers: Vec<BTreeSet<usize>> = refers.iter().map(|of| of.iter().copied().collect()).collect();
        order(&refers)
    }

    #[test]
    fn each_comes_after_those_that_it_refers_to() {
        assert_eq!(ordered(&[]), Ok(vec![]));
        assert_eq!(ordered(&[&[], &[], &[]]), Ok(vec![0, 1, 2]));
        assert_eq!(ordered(&[&[2], &[], &[3], &[]]), Ok(vec![1, 3, 2, 0]));
        assert_eq!(ordered(&[&[1, 2], &[2], &[]]), Ok(vec![2, 1, 0]));
    }

    #[test]
    fn a_loop_is_found() {
        assert_eq!(ordered(&[&[], &[2], &[1], &[2]]), Err(vec![1, 2, 3]));
        assert_eq!(ordered(&[&[0]]), Err(vec![0]));
    }
}
