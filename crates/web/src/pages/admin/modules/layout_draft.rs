//! A layout as a form holds it: sections and fields in the order in which they are sent.

use domain::ids::FieldId;
use domain::modules::{Layout, LayoutField, Module, Section};

use super::super::posted::Posted;

/// The sections of a layout while it is worked on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft(pub Vec<Section>);

impl Draft {
    pub fn of(layout: &Layout) -> Self {
        Self(layout.sections.clone())
    }

    /// Reads what was sent: `section` begins one, the `field`s after it stand in it. `into.17`
    /// says into which section the field 17 shall go, or `out`.
    pub fn read(posted: &Posted) -> Self {
        let mut sections: Vec<Section> = Vec::new();
        for (name, value) in posted.pairs() {
            match (name, value.parse::<FieldId>(), sections.last_mut()) {
                ("section", ..) => sections.push(Section {
                    title: value.trim().to_owned(),
                    fields: Vec::new(),
                }),
                ("field", Ok(id), Some(section)) => section.fields.push(LayoutField {
                    id,
                    required: posted.has(&format!("required.{id}")),
                }),
                _ => {}
            }
        }
        let mut draft = Self(sections);
        draft.send_into(posted);
        let title = posted.trimmed("new_section");
        if !title.is_empty() {
            draft.0.push(Section { title, fields: Vec::new() });
        }
        draft
    }

    fn place(&self, id: FieldId) -> Option<(usize, usize)> {
        let within = |s: &Section| s.fields.iter().position(|f| f.id == id);
        self.0.iter().enumerate().find_map(|(i, s)| Some((i, within(s)?)))
    }

    fn take(&mut self, id: FieldId) -> Option<LayoutField> {
        let (section, at) = self.place(id)?;
        Some(self.0.get_mut(section)?.fields.remove(at))
    }

    fn send_into(&mut self, posted: &Posted) {
        for (name, value) in posted.pairs() {
            let Some(id) = name.strip_prefix("into.").and_then(|id| id.parse::<FieldId>().ok()) else {
                continue;
            };
            let target = value.parse::<usize>().ok().filter(|&i| i < self.0.len());
            if target == self.place(id).map(|(section, _)| section) {
                continue;
            }
            let field = self.take(id).unwrap_or(LayoutField { id, required: false });
            if let Some(section) = target.and_then(|i| self.0.get_mut(i)) {
                section.fields.push(field);
            }
        }
    }

    /// Carries out a button: `up.17`, `down.17`, `section-up.2`, `section-out.2`.
    pub fn press(&mut self, button: &str) {
        let Some((what, which)) = button.split_once('.') else { return };
        match (what, which.parse::<FieldId>(), which.parse::<usize>()) {
            ("up", Ok(id), _) => self.up(id),
            ("down", Ok(id), _) => self.down(id),
            ("section-up", _, Ok(i)) if i > 0 && i < self.0.len() => self.0.swap(i - 1, i),
            ("section-out", _, Ok(i)) if i < self.0.len() => drop(self.0.remove(i)),
            _ => {}
        }
    }

    /// One place up; from the first, to the end of the section above.
    fn up(&mut self, id: FieldId) {
        let Some((section, at)) = self.place(id) else { return };
        if at > 0 {
            if let Some(section) = self.0.get_mut(section) {
                section.fields.swap(at - 1, at);
            }
        } else if section > 0
            && let Some(field) = self.take(id)
            && let Some(above) = self.0.get_mut(section - 1)
        {
            above.fields.push(field);
        }
    }

    /// One place down; from the last, to the beginning of the section below.
    fn down(&mut self, id: FieldId) {
        let Some((section, at)) = self.place(id) else { return };
        let last = self.0.get(section).is_some_and(|s| at + 1 == s.fields.len());
        if !last {
            if let Some(section) = self.0.get_mut(section) {
                section.fields.swap(at, at + 1);
            }
        } else if section + 1 < self.0.len()
            && let Some(field) = self.take(id)
            && let Some(below) = self.0.get_mut(section + 1)
        {
            below.fields.insert(0, field);
        }
    }

    /// The fields that stand nowhere.
    pub fn left_out(&self, module: &Module) -> Vec<FieldId> {
        module.fields.iter().map(|f| f.id).filter(|id| self.place(*id).is_none()).collect()
    }

    /// The layout to save: empty sections fall away.
    pub fn to_layout(&self, old: &Layout) -> Layout {
        Layout {
            sections: self.0.iter().filter(|s| !s.fields.is_empty()).cloned().collect(),
            ..old.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(sections: &[&[i64]]) -> Draft {
        let section = |ids: &&[i64]| Section {
            title: "S".into(),
            fields: ids
                .iter()
                .map(|&id| LayoutField {
                    id: FieldId(id),
                    required: false,
                })
                .collect(),
        };
        Draft(sections.iter().map(section).collect())
    }

    #[test]
    fn fields_move_within_and_between_sections() {
        for (button, after) in [
            ("up.2", draft(&[&[2, 1], &[3]])),
            ("down.2", draft(&[&[1], &[2, 3]])),
            ("up.3", draft(&[&[1, 2, 3], &[]])),
            ("up.1", draft(&[&[1, 2], &[3]])),
            ("down.3", draft(&[&[1, 2], &[3]])),
            ("section-up.1", draft(&[&[3], &[1, 2]])),
            ("section-out.0", draft(&[&[3]])),
            ("up.99", draft(&[&[1, 2], &[3]])),
            ("nonsense", draft(&[&[1, 2], &[3]])),
        ] {
            let mut moved = draft(&[&[1, 2], &[3]]);
            moved.press(button);
            assert_eq!(moved, after, "{button}");
        }
    }
}
