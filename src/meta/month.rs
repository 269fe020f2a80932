//! Months by name, in the languages whose pages write them beside a day.
//!
//! It must not know how a date is put together.

/// Names of each month, as they stand in a date: in the genitive where the language has one.
const NAMES: [&str; 12] = [
    "january januar januari janvier enero gennaio janeiro stycznia ledna jänner ocak января січня ιανουαρίου يناير",
    "february februar februari février febrero febbraio fevereiro lutego února şubat февраля лютого φεβρουαρίου فبراير",
    "march märz mars marzo março marca března marts maart mart марта березня μαρτίου مارس",
    "april avril abril aprile kwietnia dubna nisan апреля квітня απριλίου أبريل",
    "may mai mayo maggio maio maja května maj mei mayıs мая травня μαΐου مايو",
    "june juni juin junio giugno junho czerwca června haziran июня червня ιουνίου يونيو",
    "july juli juillet julio luglio julho lipca července temmuz июля липня ιουλίου يوليو",
    "august août agosto sierpnia srpna augusti augustus ağustos августа серпня αυγούστου أغسطس",
    "september septembre septiembre setiembre settembre setembro września září eylül сентября вересня σεπτεμβρίου سبتمبر",
    "october oktober octobre octubre ottobre outubro października října ekim октября жовтня οκτωβρίου أكتوبر",
    "november novembre noviembre novembro listopada listopadu kasım ноября листопада νοεμβρίου نوفمبر",
    "december dezember décembre diciembre dicembre dezembro grudnia prosince desember aralık декабря грудня δεκεμβρίου ديسمبر",
];

/// A name is cut to so many letters, or written whole.
const CUT: std::ops::RangeInclusive<usize> = 3..=4;

/// Which month it is, from 1: by a whole name, or by the beginning of names of one month alone (`Sept`, `févr`).
pub(super) fn number(word: &str) -> Option<u32> {
    let word = word.to_lowercase();
    let months = || (1..).zip(NAMES);
    let whole = months().find(|(_, names)| names.split(' ').any(|name| name == word));
    if let Some((month, _)) = whole {
        return Some(month);
    }
    if !CUT.contains(&word.chars().count()) {
        return None;
    }
    let mut cut = months().filter(|(_, names)| names.split(' ').any(|name| name.starts_with(&word)));
    let (month, _) = cut.next()?;
    cut.next().is_none().then_some(month)
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn names_and_beginnings_of_names() {
        for (word, expected) in [
            ("March", Some(3)),
            ("MÄRZ", Some(3)),
            ("Sept", Some(9)),
            ("févr", Some(2)),
            ("juil", Some(7)),
            ("Dez", Some(12)),
            ("ene", Some(1)),
            ("set", Some(9)),
            ("października", Some(10)),
            ("июн", Some(6)),
            ("Mayıs", Some(5)),
            // June and July both.
            ("jui", None),
            ("Ma", None),
            ("Mayor", None),
            ("Marchmain", None),
            ("", None),
        ] {
            assert_eq!(number(word), expected, "{word}");
        }
    }
}
