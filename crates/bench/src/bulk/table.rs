//! The table that goes in, and the tables that come out.

use std::io::{BufWriter, Cursor, Write as _};

use zip::write::{SimpleFileOptions, ZipWriter};

use crate::Done;

/// The fields of the table, in its order.
pub(super) const FIELDS: [&str; 6] = ["Last_Name", "First_Name", "Email", "Phone", "Department", "Mailing_City"];

const DEPARTMENTS: [&str; 5] = ["Sales", "Purchasing", "Legal", "Research", "Human resources"];

/// So many rows as a zip. The values differ as those of people do: what repeats would be smaller than it is in life.
pub(super) fn zipped(rows: u64) -> Done<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("contacts.csv", SimpleFileOptions::default())?;
    let mut csv = BufWriter::new(zip);
    writeln!(csv, "{}", FIELDS.join(","))?;
    for n in 0..rows {
        let mixed = n.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20;
        let department = DEPARTMENTS.iter().cycle().nth(usize::try_from(mixed % 5)?).unwrap_or(&"Sales");
        writeln!(
            csv,
            "Person {mixed:x},Given {n},p{n}.{mixed:x}@example.com,+49 30 {mixed},{department},\"City {}, North\"",
            mixed % 9000
        )?;
    }
    let zip = csv.into_inner().map_err(|error| error.into_error())?;
    Ok(zip.finish()?.into_inner())
}

/// How many rows the only table of an archive has, without its first line.
pub(super) fn rows(zip: Vec<u8>) -> Done<u64> {
    let mut archive = zip::ZipArchive::new(Cursor::new(zip))?;
    let mut reader = csv::Reader::from_reader(archive.by_index(0)?);
    let (mut count, mut row) = (0, csv::ByteRecord::new());
    while reader.read_byte_record(&mut row)? {
        count += 1;
    }
    Ok(count)
}
