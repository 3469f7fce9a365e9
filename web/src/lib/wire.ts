/**
 * What goes over the wire, in the shape in which `npm run wire` writes it from the server's OpenAPI document.
 */

export interface components {
  schemas: {
    /** A goal as the person enters it. */
    GoalEntry: {
      /** The role, 1 to 120 characters. */
      role: string;
      /** How much experience it asks for. */
      seniority: components["schemas"]["Seniority"];
      /** The company, at most 120 characters. */
      company?: string | null;
      /** Day of the real interview (`2026-12-01`). */
      date?: string | null;
      /** What to work on; questions come from these first. */
      focus?: components["schemas"]["CompetencyId"][];
      /** The posting, or notes on the role and the company; at most 20,000 characters. The interviewer answers the candidate's questions from these and from nothing else. */
      notes?: string;
    };
    /** A stored goal. */
    Goal: {
      /** Its id. */
      id: string;
      /** The role. */
      role: string;
      /** How much experience it asks for. */
      seniority: components["schemas"]["Seniority"];
      /** The company. */
      company?: string | null;
      /** Day of the real interview. */
      date?: string | null;
      /** What to work on. */
      focus: components["schemas"]["CompetencyId"][];
      /** Notes on the role and the company. */
      notes: string;
      /** How many interviews were held for it. */
      interviews: number;
    };
    /** What somebody wants to practise. Everything may be left out: `{}` is a good interview. */
    Wishes: {
      /** Kind of interview; "behavioural" if left out. */
      format?: string | null;
      /** Who interviews; the goal's or the format's choice if left out. */
      persona?: string | null;
      /** What it is practised for. */
      goal?: string | null;
      /** Seniority where there is no goal. */
      seniority?: components["schemas"]["Seniority"] | null;
      /** Competencies to draw from first. */
      focus?: components["schemas"]["CompetencyId"][];
      /** Number of questions. */
      questions?: number | null;
      /** Sparse hints during the interview; otherwise as on the day. */
      live_hints?: boolean;
      /** Record the camera for self-review. */
      camera?: boolean;
      /** Chooses among equally good plans; send back a preview's `seed` to start just that plan. */
      seed?: number | null;
    };
    /** A plan before it starts. */
    Plan: {
      /** Kind of interview. */
      format: components["schemas"]["Format"];
      /** Who interviews. */
      persona: components["schemas"]["Persona"];
      /** What it is practised for. */
      goal?: components["schemas"]["Goal"] | null;
      /** For whom the questions are. */
      seniority: components["schemas"]["Seniority"];
      /** The questions with the reasons why they were chosen. */
      items: components["schemas"]["PlanItem"][];
      /** About how long it takes. */
      minutes: number;
      /** Sparse hints are shown. */
      live_hints: boolean;
      /** The camera is recorded. */
      camera: boolean;
      /** Send it back in the wishes to start this plan. */
      seed: number;
    };
    /** One question of a plan. */
    PlanItem: {
      /** Name of the bank question. */
      question_id: string;
      /** What will be asked. */
      text: string;
      /** What it is about. */
      competency: components["schemas"]["CompetencyId"];
      /** Why it was chosen. */
      reason: string;
      /** What a good answer shows. */
      looks_for: string[];
    };
    /** An interview in a list. */
    InterviewSummary: {
      /** Its id. */
      id: string;
      /** When it was made. */
      created_at: string;
      /** When it ended. */
      ended_at?: string | null;
      /** Where it stands. */
      state: components["schemas"]["InterviewState"];
      /** Name of the format as shown. */
      format: string;
      /** Name of the interviewer as shown. */
      persona: string;
      /** Role of the goal. */
      role?: string | null;
      /** Questions answered. */
      answered: number;
      /** Questions asked for. */
      asked: number;
      /** Whether it takes one answer of another interview again. */
      retake_of?: components["schemas"]["RetakeOf"] | null;
      /** Where its report stands. */
      report: components["schemas"]["ReportState"];
      /** Length in seconds. */
      seconds: number;
    };
    /** Which answer is taken again. */
    RetakeOf: {
      /** The interview with the first attempt. */
      interview: string;
      /** The first attempt. */
      answer: string;
      /** The question. */
      question: string;
    };
    /** Where an interview stands. */
    InterviewState: "ready" | "running" | "ended";
    /** Where a report stands. */
    ReportState: "not_yet" | "judging" | "ready" | "partial" | "failed" | "no_answers";
    /** An interview in detail. */
    Interview: components["schemas"]["InterviewSummary"] & {
      /** What was planned. */
      plan: components["schemas"]["Plan"];
      /** The turn log. */
      turns: components["schemas"]["Turn"][];
      /** The answers. */
      answers: components["schemas"]["AnswerSummary"][];
      /** Whether the microphone's sound is there to be played. */
      has_sound: boolean;
      /** Whether camera video is there to be played. */
      has_video: boolean;
      /** What the candidate has said of it. */
      ratings: components["schemas"]["Ratings"];
      /** What was said of a broken or strange recording ("gain control was on"). */
      notes: string[];
    };
    /** An answer in a list. */
    AnswerSummary: {
      /** Its id. */
      id: string;
      /** Which question, from 0; `None` for the warm-up and the candidate's own questions. */
      item?: number | null;
      /** The nth answer to it, from 1. */
      attempt: number;
      /** The question. */
      question: string;
      /** Spoken rather than typed. */
      spoken: boolean;
      /** Number of words. */
      words: number;
      /** Length in seconds. */
      seconds: number;
    };
    /** One speaker holding the floor. */
    Turn: {
      /** Its id. */
      id: string;
      /** Place in the log. */
      index: number;
      /** Which side. */
      speaker: components["schemas"]["Speaker"];
      /** Name of the speaker as shown. */
      name: string;
      /** What was said. */
      text: string;
      /** Begin. */
      start_us?: number | null;
      /** End. */
      end_us?: number | null;
      /** Spoken rather than typed. */
      spoken: boolean;
      /** Whether nothing judges it. */
      unscored: boolean;
      /** The answer it belongs to. */
      answer?: string | null;
    };
    /** Which side speaks. */
    Speaker: "interviewer" | "candidate";
    /** A candidate's own ratings, 0 to 10. Those left out stay as they were. */
    Ratings: {
      /** Nerves before. */
      nerves_before?: number | null;
      /** Nerves at their peak. */
      nerves_peak?: number | null;
      /** Nerves after. */
      nerves_after?: number | null;
      /** Confidence for the real interview. */
      confidence?: number | null;
      /** How well it went, by the candidate's own feeling. */
      went?: number | null;
    };
    /** An answer's transcript as the candidate corrects it. */
    Correction: {
      /** The whole corrected text; at most 20,000 characters. */
      text: string;
    };
    /** What was made. */
    Created: {
      /** Its id. */
      id: string;
    };
    /** Formats, interviewers and competencies. */
    Library: {
      /** Kinds of interview. */
      formats: components["schemas"]["Format"][];
      /** Who can interview. */
      personas: components["schemas"]["Persona"][];
      /** What questions are about. */
      competencies: components["schemas"]["Competency"][];
      /** How many questions the bank holds. */
      questions: number;
    };
    /** A kind of interview. */
    Format: {
      /** Its name ("phone-screen"). */
      id: string;
      /** The name shown. */
      name: string;
      /** For the person who chooses. */
      about: string;
      /** Whether answers are recorded one way, with no interviewer listening. */
      one_way: boolean;
      /** Fewest questions. */
      questions_min: number;
      /** Most questions. */
      questions_max: number;
      /** Usual number of questions. */
      questions: number;
      /** Who interviews unless somebody else is chosen. */
      persona: string;
      /** Seconds to prepare before each answer; 0 for none. */
      preparation_s: number;
      /** Longest answer, seconds. */
      answer_limit_s: number;
      /** How often an answer may be taken again during the interview. */
      retakes_max: number;
    };
    /** An engine interviewer. */
    Persona: {
      /** Its name ("maya"). */
      id: string;
      /** The name it introduces itself with. */
      name: string;
      /** For the person who chooses. */
      about: string;
      /** "warm", "neutral" or "sceptical". */
      temperament: components["schemas"]["Temperament"];
    };
    /** How an interviewer behaves. */
    Temperament: "warm" | "neutral" | "sceptical";
    /** What questions are about, with how many there are. */
    Competency: {
      /** Its name ("problem_solving"). */
      id: components["schemas"]["CompetencyId"];
      /** The name shown ("problem solving"). */
      name: string;
      /** How many questions the bank holds on it. */
      questions: number;
    };
    /** A competency. */
    CompetencyId: "leadership" | "teamwork" | "conflict" | "failure" | "ownership" | "communication" | "adaptability" | "problem_solving" | "customer_focus";
    /** How much experience a role asks for. */
    Seniority: "entry" | "mid" | "senior";
    /** What the browser says. */
    ClientMessage:
      | {
          /** The per-start token of the page. */
          token: string;
          /** Whether the interviewer's voice can be played here; otherwise lines come as text only. */
          can_play: boolean;
          type: "hello";
        }
      | {
          /** Number of the stream. */
          stream: number;
          /** Samples a second: 16,000, 24,000 or 48,000. */
          sample_rate: number;
          /** What `MediaStreamTrack.getSettings()` says was really applied. */
          settings: Record<string, unknown>;
          type: "microphone";
        }
      | {
          /** Number of the stream. */
          stream: number;
          /** How many frames it had. */
          frames: number;
          type: "microphone_end";
        }
      | {
          /** Which. */
          utterance: number;
          /** Samples of it that were heard. */
          samples: number;
          /** Nothing more of it will be played. */
          done: boolean;
          type: "played";
        }
      | {
          type: "ready";
        }
      | {
          type: "start_answer";
        }
      | {
          type: "done";
        }
      | {
          /** Held. */
          held: boolean;
          type: "talk";
        }
      | {
          /** On. */
          on: boolean;
          type: "push_to_talk";
        }
      | {
          /** Chosen by the browser, rising. */
          id: number;
          /** 1 to 20,000 characters. */
          text: string;
          type: "typed";
        }
      | {
          type: "typing";
        }
      | {
          type: "repeat";
        }
      | {
          type: "skip";
        }
      | {
          type: "later";
        }
      | {
          type: "retake";
        }
      | {
          type: "pause";
        }
      | {
          type: "end";
        };
    /** What the server says. */
    ServerMessage:
      | {
          /** The interview. */
          interview: string;
          /** Interview time now. */
          now_us: number;
          /** Whether it goes on after an interruption. */
          resumed: boolean;
          /** Frames synced so far, by stream: send again from there. */
          synced: components["schemas"]["Synced"][];
          /** Highest `Typed` id that was taken. */
          typed: number;
          /** The turn log so far. */
          turns: components["schemas"]["Turn"][];
          /** What the page shows. */
          view: components["schemas"]["View"];
          /** Whether the interviewer speaks aloud here. */
          speaks: boolean;
          /** Whether spoken answers can be understood here. */
          listens: boolean;
          type: "welcome";
        }
      | {
          /** Number of the stream. */
          stream: number;
          /** How many frames are synced. */
          frames: number;
          type: "ack";
        }
      | {
          /** What. */
          view: components["schemas"]["View"];
          type: "view";
        }
      | {
          /** Number of the utterance, rising. */
          utterance: number;
          /** What is said. */
          text: string;
          /** What kind of line it is ("question", "probe", "acknowledgement", …). */
          kind: string;
          /** Whether sound follows. */
          aloud: boolean;
          /** Samples a second of that sound. */
          sample_rate: number;
          type: "say";
        }
      | {
          /** Which. */
          utterance: number;
          /** How many samples it has. */
          samples: number;
          type: "say_end";
        }
      | {
          /** Which. */
          utterance: number;
          type: "duck";
        }
      | {
          /** Which. */
          utterance: number;
          type: "unduck";
        }
      | {
          /** Which. */
          utterance: number;
          type: "stop_speaking";
        }
      | {
          /** The words of the turn so far. */
          text: string;
          type: "caption";
        }
      | {
          /** It. */
          turn: components["schemas"]["Turn"];
          type: "turn";
        }
      | {
          /** Its kind ("pace_fast", "long_answer", "quiet"). */
          kind: string;
          /** What to show. */
          text: string;
          type: "hint";
        }
      | {
          /** Loudness. */
          db: number;
          /** Whether it is speech. */
          speech: boolean;
          type: "level";
        }
      | {
          /** A stable code ("disk_full", "no_words", "moved"). */
          code: string;
          /** What happened and what to do. */
          text: string;
          type: "notice";
        }
      | {
          type: "ended";
        }
      | {
          /** A stable code. */
          code: string;
          /** What to do. */
          text: string;
          type: "closed";
        };
    /** How much of a stream is on the disk. */
    Synced: {
      /** Number of the stream. */
      stream: number;
      /** How many frames are synced. */
      frames: number;
    };
    /** What the page shows. */
    View: {
      /** Where the interview is. */
      phase: components["schemas"]["Phase"];
      /** Which question, from 0. */
      item?: number | null;
      /** How many questions. */
      items: number;
      /** Which question that is in the order of asking, from 1. */
      number?: number | null;
      /** The question as text, shown on demand. */
      question?: string | null;
      /** The last follow-up to it. */
      probe?: string | null;
      /** Whose turn it is. */
      floor: components["schemas"]["Floor"];
      /** When the current answer began, interview time. */
      answer_since_us?: number | null;
      /** How long the candidate has held the floor in this answer, milliseconds, as of now. */
      answer_ms: number;
      /** After this much of that a kind nudge comes, seconds. */
      answer_nudge_s: number;
      /** How long an answer may be, seconds. */
      answer_limit_s: number;
      /** When preparation or review ends by itself (one-way), interview time. */
      until_us?: number | null;
      /** How often this answer may be taken again now (one-way). */
      retakes_left: number;
      /** Push-to-talk is on. */
      push_to_talk: boolean;
    };
    /** Where an interview is. */
    Phase: "waiting" | "greeting" | "warm_up" | "question" | "preparing" | "reviewing" | "candidate_questions" | "closing" | "paused" | "ended";
    /** Whose turn it is. */
    Floor: "interviewer" | "candidate" | "thinking" | "nobody";
    /** The report of one interview, in the order in which it is read. */
    Report: {
      /** Its interview. */
      interview: string;
      /** Where it stands. */
      state: components["schemas"]["ReportState"];
      /** What is still being done ("listening to answer 2 of 4"). */
      doing?: string | null;
      /** 1. The candidate's own ratings; the page asks for them first. */
      ratings: components["schemas"]["Ratings"];
      /** 2. One strength with its clip. */
      strength?: components["schemas"]["Point"] | null;
      /** 3. At most two priorities. */
      priorities: components["schemas"]["Priority"][];
      /** 4. The answer to take again at once: the weakest. */
      retake?: components["schemas"]["Retake"] | null;
      /** 5. Levels with intervals, over the whole interview. */
      levels: components["schemas"]["Level"][];
      /** How much was answered. */
      coverage: components["schemas"]["Coverage"];
      /** Why there is no overall level, when there is none. */
      no_overall?: string | null;
      /** Answer by answer. */
      answers: components["schemas"]["AnswerReport"][];
      /** On the candidate's own questions to the interviewer. */
      candidate_questions: components["schemas"]["Point"][];
      /** What was not computed, and why. */
      left_out: components["schemas"]["LeftOut"][];
      /** Claims that did not hold against the transcript and were dropped. */
      dropped: number;
      /** What judged. */
      judge: string;
    };
    /** How much of what was asked was answered. */
    Coverage: {
      /** Questions with a judged answer. */
      answered: number;
      /** Questions planned. */
      asked: number;
    };
    /** A sentence with what it points at. */
    Point: {
      /** Its kind ("no_result"). */
      kind: string;
      /** The sentence. */
      claim: string;
      /** Why it matters. */
      why: string;
      /** Something to keep rather than to change. */
      strength: boolean;
      /** Rests on a convention of coaching without research behind it. */
      convention: boolean;
      /** What it points at; never empty. */
      evidence: components["schemas"]["Evidence"][];
    };
    /** What a claim points at. */
    Evidence: {
      /** The answer. */
      answer: string;
      /** Which words of the answer, `[first, end)`; the whole answer for an absence. */
      first_word?: number | null;
      /** Index after the last word. */
      end_word?: number | null;
      /** The words as they stand in the transcript. */
      quote?: string | null;
      /** What was looked for in the whole answer and not found. */
      looked_for?: string | null;
      /** Begin of the clip, interview time, where it was spoken. */
      start_us?: number | null;
      /** End of the clip. */
      end_us?: number | null;
    };
    /** Something to work on first. */
    Priority: components["schemas"]["Point"] & {
      /** A rewrite from the candidate's own facts, gaps left as questions in square brackets. */
      rewrite?: string | null;
      /** "If I am asked …, then I will …" */
      plan: string;
    };
    /** The answer to take again. */
    Retake: {
      /** Which. */
      answer: string;
      /** Its question. */
      question: string;
      /** Why this one. */
      reason: string;
    };
    /** A criterion's level with its interval. */
    Level: {
      /** Name of the criterion ("outcome"); "overall" for the whole. */
      criterion: string;
      /** The name shown. */
      name: string;
      /** 1 to 5; `None` when nothing can be said. */
      level?: number | null;
      /** Lower end of the 90% interval. */
      low?: number | null;
      /** Upper end of the 90% interval. */
      high?: number | null;
      /** Who judged, as shown ("rules 1"). */
      judge: string;
      /** Why. */
      reason: string;
      /** What it rests on. */
      evidence: components["schemas"]["Evidence"][];
      /** From how many answers. */
      coverage: components["schemas"]["Coverage"];
      /** The candidate has changed more than a tenth of the words. */
      edited: boolean;
      /** What levels 1, 3 and 5 look like. */
      anchors?: components["schemas"]["Anchors"] | null;
    };
    /** What levels look like. */
    Anchors: {
      /** Level 1. */
      one: string;
      /** Level 3. */
      three: string;
      /** Level 5. */
      five: string;
    };
    /** One answer. */
    AnswerReport: {
      /** Its id. */
      answer: string;
      /** Which question, from 0. */
      item?: number | null;
      /** The nth attempt. */
      attempt: number;
      /** The question. */
      question: string;
      /** What the interviewer probed for. */
      probes: string[];
      /** Spoken rather than typed. */
      spoken: boolean;
      /** The words, in order. */
      words: components["schemas"]["Word"][];
      /** Share of words changed by the candidate. */
      edited_share: number;
      /** "story", "pseudo_story", "example", "opinion", "self_description", or `None`. */
      answer_type?: string | null;
      /** Parts of a told story, each a span or absent. */
      star: components["schemas"]["StarPart"][];
      /** All findings, strengths and changes. */
      findings: components["schemas"]["Point"][];
      /** Levels of this answer. */
      levels: components["schemas"]["Level"][];
      /** Measured numbers. */
      features: components["schemas"]["Feature"][];
      /** Fillers. */
      fillers: components["schemas"]["Filler"][];
      /** For the timeline; `None` for typed answers. */
      timeline?: components["schemas"]["Timeline"] | null;
      /** What was not computed, and why. */
      left_out: components["schemas"]["LeftOut"][];
      /** Other attempts at this question, oldest first. */
      attempts: components["schemas"]["Attempt"][];
    };
    /** Another attempt at the same question. */
    Attempt: {
      /** The answer. */
      answer: string;
      /** Its interview. */
      interview: string;
      /** The nth attempt. */
      attempt: number;
      /** When. */
      at: string;
    };
    /** A word of the transcript. */
    Word: {
      /** As written. */
      text: string;
      /** Begin, interview time. */
      start_us?: number | null;
      /** End. */
      end_us?: number | null;
    };
    /** Where a part of a story stands. */
    StarPart: {
      /** "situation", "task", "action", "result", "reflection" or "relevance". */
      part: string;
      /** Where; empty when absent. */
      spans: components["schemas"]["Evidence"][];
      /** What was looked for, when absent. */
      looked_for?: string | null;
    };
    /** A measured number. */
    Feature: {
      /** Its name ("pace_wpm"). */
      name: string;
      /** The name shown. */
      label: string;
      /** How much. */
      value: number;
      /** Of what ("words_per_minute"). */
      unit: string;
      /** What to make of it, if anything, in one plain sentence. */
      remark?: string | null;
      /** The remark rests on a convention of coaching. */
      convention: boolean;
    };
    /** A filler that was heard or read. */
    Filler: {
      /** "acoustic", "spoken" or "lexical". */
      kind: string;
      /** What ("um"). */
      text: string;
      /** Begin. */
      start_us?: number | null;
      /** End. */
      end_us?: number | null;
      /** Index of the word, where it stands in the transcript. */
      word?: number | null;
    };
    /** Curves over an answer. */
    Timeline: {
      /** Begin of the answer. */
      start_us: number;
      /** End of the answer. */
      end_us: number;
      /** Words a minute in windows of 10 s: time of the middle, value. */
      pace: components["schemas"]["Sample"][];
      /** Loudness, dB against this recording's own median. */
      loudness: components["schemas"]["Sample"][];
      /** Pitch, semitones against this recording's own median; gaps where unvoiced. */
      pitch: components["schemas"]["Sample"][];
      /** Pauses of 250 ms and more. */
      pauses: components["schemas"]["Interval"][];
    };
    /** A value at a time. */
    Sample: {
      /** Interview time. */
      at_us: number;
      /** Value. */
      value: number;
    };
    /** A stretch of interview time. */
    Interval: {
      /** Begin. */
      start_us: number;
      /** End. */
      end_us: number;
    };
    /** Something that was not computed. */
    LeftOut: {
      /** What. */
      what: string;
      /** Why. */
      why: string;
    };
    /** Two attempts side by side. */
    Comparison: {
      /** The earlier attempt. */
      before: components["schemas"]["AnswerReport"];
      /** Its interview. */
      before_interview: string;
      /** The later attempt. */
      after: components["schemas"]["AnswerReport"];
      /** Its interview. */
      after_interview: string;
      /** "a better answer", "no clear difference" or "a weaker answer", in a sentence. */
      summary: string;
      /** What changed, each with evidence on the side where it is found. */
      changes: components["schemas"]["Change"][];
      /** Share of five-word runs that both have, 0 to 1. */
      same_words: number;
    };
    /** One difference between two attempts. */
    Change: {
      /** In a sentence. */
      claim: string;
      /** For the better (`true`), for the worse (`false`), or neither. */
      better?: boolean | null;
      /** Where in the earlier attempt. */
      before: components["schemas"]["Evidence"][];
      /** Where in the later attempt. */
      after: components["schemas"]["Evidence"][];
    };
    /** A person's settings. All are sent and stored together. */
    Settings: {
      /** Measures by name, `false` for those that are not to be computed at all ("pace", "pauses", "fillers", "pitch", "loudness", "hedges", "repeats", "rehearsal", "openings", "length"). */
      measures: { [key: string]: boolean };
      /** "system", "light" or "dark". */
      theme: components["schemas"]["Theme"];
      /** Show captions of what one says oneself. */
      captions: boolean;
      /** How patient the interviewer waits: 0.5 to 3, 1 as usual. */
      patience: number;
      /** Interviews start with push-to-talk. */
      push_to_talk: boolean;
    };
    /** Light or dark. */
    Theme: "system" | "light" | "dark";
    /** A measure that can be switched off. */
    Measure: {
      /** Its name in `Settings::measures`. */
      id: string;
      /** The name shown. */
      name: string;
      /** What it measures and why. */
      about: string;
    };
    /** What to do next, with its reason. */
    NextStep: {
      /** Its name, by which it is dismissed. */
      id: string;
      /** What to do. */
      title: string;
      /** Why. */
      reason: string;
      /** Where it is done: a path of the app. */
      href: string;
    };
    /** What works here right now, and what is missing. */
    Status: {
      /** Version of the program. */
      version: string;
      /** What can be done with the models that are there. */
      abilities: components["schemas"]["Abilities"];
      /** The models that can be pulled, in the order in which they would be. */
      models: components["schemas"]["Model"][];
      /** Whether models are being pulled right now. */
      pulling: boolean;
      /** Bytes on disk used by recordings and the database. */
      data_bytes: number;
    };
    /** What can be done with the models that are there. */
    Abilities: {
      /** Interviews can be spoken: voice activity and words are there. */
      listen: boolean;
      /** The interviewer speaks aloud. */
      speak: boolean;
      /** Captions appear while one talks. */
      captions: boolean;
      /** Whether an answer is over is heard in its sound. */
      turn_end: boolean;
      /** Relevance is judged by meaning. */
      meaning: boolean;
      /** A language model phrases follow-ups. */
      language: boolean;
    };
    /** One model of the catalogue. */
    Model: {
      /** Its name ("whisper-base"). */
      id: string;
      /** What it is for, in plain words. */
      purpose: string;
      /** Its licence (SPDX where there is one). */
      licence: string;
      /** How large it is. */
      bytes: number;
      /** How much of it is here. */
      bytes_done: number;
      /** Whether it is pulled unless told otherwise. */
      default: boolean;
      /** Where it stands. */
      state: components["schemas"]["ModelState"];
      /** What went wrong last, and what to do. */
      problem?: string | null;
    };
    /** Where a model stands. */
    ModelState: "ready" | "missing" | "partial" | "corrupt" | "pulling";
    /** Which models to pull. */
    Pull: {
      /** Their names; empty means all that are pulled by default. */
      ids?: string[];
    };
  };
}
