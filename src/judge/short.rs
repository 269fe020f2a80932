//! Numbers in 16 bits: the upper half of a float, as an integer of the same order.
//!
//! Eight of them are compared at once by any machine, and two or three digits are enough for a feature. The same numbers go to the trainer, so a
//! model learns from what it will be asked about. It must not know what the numbers mean.

/// The number next to a value towards zero: the sign, and the exponent and seven bits of the fraction as a magnitude (what is known as
/// bfloat16, but in an order that integers have).
pub(crate) fn of(value: f32) -> i16 {
    let upper = (value.to_bits() >> 16) as i16;
    let sign = upper >> 15;
    // Negated if negative, without a branch.
    ((upper & 0x7fff) ^ sign) - sign
}

/// The same for a value that is at least zero.
pub(crate) fn of_natural(value: f32) -> i16 {
    debug_assert!(value.is_sign_positive());
    (value.to_bits() >> 16) as i16
}

/// The number of 1.
pub(crate) const ONE: i16 = (1.0_f32.to_bits() >> 16) as i16;

/// The greatest number that is not greater than a value, so that `of(x) > below(t)` says `x > t` of every `x` that is such a number.
pub(crate) fn below(value: f32) -> i16 {
    let inexact = value.to_bits() & 0xffff != 0;
    of(value) - i16::from(inexact && value.is_sign_negative())
}

/// The value of a number.
pub(crate) fn value(number: i16) -> f32 {
    let magnitude = f32::from_bits(u32::from(number.unsigned_abs()) << 16);
    if number < 0 { -magnitude } else { magnitude }
}

#[cfg(test)]
mod tests {
    use super::{below, of, of_natural, value};

    const VALUES: [f32; 17] =
        [-4096.0, -12.7, -1.004, -1.0, -0.7, -0.001, -0.0, 0.0, 1e-9, 0.3, 0.7, 1.0, 1.002, 3.0, 16.9, 255.0, 1e9];

    #[test]
    fn a_number_is_near_its_value_and_whole_counts_are_exact() {
        for x in VALUES {
            assert!((value(of(x)) - x).abs() <= x.abs() / 128.0, "{x}");
            assert_eq!(of(value(of(x))), of(x), "{x}");
            assert_eq!(of_natural(x.abs()), of(x.abs()), "{x}");
        }
        for count in 0..=256_u16 {
            let count = f32::from(count);
            assert_eq!((value(of(count)), value(of(-count))), (count, -count));
        }
    }

    #[test]
    fn numbers_compare_as_their_values_do() {
        for x in VALUES.map(|x| value(of(x))) {
            for threshold in VALUES.into_iter().chain([f32::INFINITY]) {
                assert_eq!(of(x) > below(threshold), x > threshold, "{x} and {threshold}");
            }
        }
    }
}
