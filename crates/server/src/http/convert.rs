//! Nouns of the inside as they go over the wire, and back.

use interview::{Bank, Competency, Goal, Plan, Seniority, Temperament, format::Encounter};

use crate::wire::{self, library};

/// A competency for the wire.
pub fn competency(competency: Competency) -> library::CompetencyId {
    use library::CompetencyId as Wire;
    match competency {
        Competency::Leadership => Wire::Leadership,
        Competency::Teamwork => Wire::Teamwork,
        Competency::Conflict => Wire::Conflict,
        Competency::Failure => Wire::Failure,
        Competency::Ownership => Wire::Ownership,
        Competency::Communication => Wire::Communication,
        Competency::Adaptability => Wire::Adaptability,
        Competency::ProblemSolving => Wire::ProblemSolving,
        Competency::CustomerFocus => Wire::CustomerFocus,
    }
}

/// A competency from the wire.
pub fn competency_from(wire: library::CompetencyId) -> Competency {
    use library::CompetencyId as Wire;
    match wire {
        Wire::Leadership => Competency::Leadership,
        Wire::Teamwork => Competency::Teamwork,
        Wire::Conflict => Competency::Conflict,
        Wire::Failure => Competency::Failure,
        Wire::Ownership => Competency::Ownership,
        Wire::Communication => Competency::Communication,
        Wire::Adaptability => Competency::Adaptability,
        Wire::ProblemSolving => Competency::ProblemSolving,
        Wire::CustomerFocus => Competency::CustomerFocus,
    }
}

/// A seniority for the wire.
pub fn seniority(seniority: Seniority) -> library::Seniority {
    match seniority {
        Seniority::Entry => library::Seniority::Entry,
        Seniority::Mid => library::Seniority::Mid,
        Seniority::Senior => library::Seniority::Senior,
    }
}

/// A seniority from the wire.
pub fn seniority_from(wire: library::Seniority) -> Seniority {
    match wire {
        library::Seniority::Entry => Seniority::Entry,
        library::Seniority::Mid => Seniority::Mid,
        library::Seniority::Senior => Seniority::Senior,
    }
}

/// A format for the wire.
pub fn format(format: &interview::Format) -> library::Format {
    library::Format {
        id: format.id.to_string(),
        name: format.name.clone(),
        about: format.about.clone(),
        one_way: format.encounter == Encounter::OneWay,
        questions_min: format.questions_min,
        questions_max: format.questions_max,
        questions: format.questions,
        persona: format.persona.to_string(),
        preparation_s: format.preparation_s,
        answer_limit_s: format.answer_limit_s,
        retakes_max: format.retakes_max,
    }
}

/// A persona for the wire.
pub fn persona(persona: &interview::Persona) -> library::Persona {
    library::Persona {
        id: persona.id.to_string(),
        name: persona.name.clone(),
        about: persona.about.clone(),
        temperament: match persona.temperament {
            Temperament::Warm => library::Temperament::Warm,
            Temperament::Neutral => library::Temperament::Neutral,
            Temperament::Sceptical => library::Temperament::Sceptical,
        },
    }
}

/// Everything that can be chosen from.
pub fn library(bank: &Bank) -> library::Library {
    let count = |wanted: Competency| {
        let all = bank.questions.values().filter(|question| question.competency == wanted);
        u32::try_from(all.count()).unwrap_or(u32::MAX)
    };
    library::Library {
        formats: bank.formats.values().map(format).collect(),
        personas: bank.personas.values().map(persona).collect(),
        competencies: Competency::ALL
            .into_iter()
            .map(|one| library::Competency {
                id: competency(one),
                name: one.name().to_owned(),
                questions: count(one),
            })
            .collect(),
        questions: u32::try_from(bank.questions.len()).unwrap_or(u32::MAX),
    }
}

/// A goal for the wire, with the number of interviews that were held for it.
pub fn goal(goal: &Goal, interviews: u32) -> wire::goal::Goal {
    wire::goal::Goal {
        id: goal.id.to_string(),
        role: goal.role.clone(),
        seniority: seniority(goal.seniority),
        company: goal.company.clone(),
        date: goal.date.map(|date| date.to_string()),
        focus: goal.focus.iter().copied().map(competency).collect(),
        notes: goal.notes.clone(),
        interviews,
    }
}

/// A plan for the wire. `seed` is what it was made from.
pub fn plan(plan: &Plan, seed: u64) -> wire::interview::Plan {
    wire::interview::Plan {
        format: format(&plan.format),
        persona: persona(&plan.persona),
        goal: plan.goal.as_ref().map(|one| goal(one, 0)),
        seniority: seniority(plan.seniority),
        items: plan
            .items
            .iter()
            .map(|item| wire::interview::PlanItem {
                question_id: item.question.id.to_string(),
                text: item.question.text.clone(),
                competency: competency(item.question.competency),
                reason: item.reason.clone(),
                looks_for: item.question.looks_for.clone(),
            })
            .collect(),
        minutes: conversation::plan::minutes_of(plan),
        live_hints: plan.hints == interview::Hints::Live,
        camera: plan.camera,
        seed: u32::try_from(seed).unwrap_or(u32::MAX),
    }
}
