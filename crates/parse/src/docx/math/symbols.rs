//! Signs of formulas by their names in LaTeX.

/// Adds what a run of a formula says.
pub(super) fn push(text: &str, out: &mut String) {
    for c in text.chars() {
        match name(c) {
            Some(name) => {
                out.push('\\');
                out.push_str(name);
                // The name ends here, whatever follows.
                out.push(' ');
            }
            None => match c {
                '%' | '#' | '&' | '$' | '_' | '{' | '}' => out.extend(['\\', c]),
                '\\' => out.push_str("\\backslash "),
                // The sign between a function and what it is of; it cannot be seen.
                '\u{2061}' => {}
                '\u{2212}' => out.push('-'),
                c => out.push(upright(c).unwrap_or(c)),
            },
        }
    }
}

/// The command of an accent, by its combining character; a hat unless told.
pub(super) fn accent(sign: Option<&str>) -> &'static str {
    match sign.and_then(|sign| sign.chars().next()).unwrap_or('\u{302}') {
        '\u{303}' | '~' => "\\tilde",
        '\u{304}' | '\u{305}' | '¯' => "\\bar",
        '\u{306}' => "\\breve",
        '\u{307}' => "\\dot",
        '\u{308}' => "\\ddot",
        '\u{30C}' => "\\check",
        '\u{300}' => "\\grave",
        '\u{301}' => "\\acute",
        '\u{20D7}' | '→' => "\\vec",
        '\u{20D6}' => "\\overleftarrow",
        _ => "\\hat",
    }
}

/// Whether LaTeX has a command of the function's name.
pub(super) fn is_function(name: &str) -> bool {
    const NAMES: [&str; 32] = [
        "arccos", "arcsin", "arctan", "arg", "cos", "cosh", "cot", "coth", "csc", "deg", "det", "dim", "exp",
        "gcd", "hom", "inf", "ker", "lg", "lim", "liminf", "limsup", "ln", "log", "max", "min", "sec", "sin",
        "sinh", "sup", "tan", "tanh", "Pr",
    ];
    NAMES.contains(&name)
}

/// Mathematical italic and bold letters are letters: how they look is the formula's business.
fn upright(c: char) -> Option<char> {
    use unicode_normalization::char::decompose_compatible;

    if !('\u{1D400}'..='\u{1D7FF}').contains(&c) && c != 'ℎ' {
        return None;
    }
    let mut letter = None;
    decompose_compatible(c, |plain| letter = Some(plain));
    letter
}

fn name(c: char) -> Option<&'static str> {
    let c = upright(c).unwrap_or(c);
    let at = NAMES.binary_search_by_key(&c, |(sign, _)| *sign).ok()?;
    Some(NAMES[at].1)
}

/// By code point.
const NAMES: [(char, &str); 130] = [
    ('¬', "neg"),
    ('±', "pm"),
    ('·', "cdot"),
    ('×', "times"),
    ('÷', "div"),
    ('Γ', "Gamma"),
    ('Δ', "Delta"),
    ('Θ', "Theta"),
    ('Λ', "Lambda"),
    ('Ξ', "Xi"),
    ('Π', "Pi"),
    ('Σ', "Sigma"),
    ('Υ', "Upsilon"),
    ('Φ', "Phi"),
    ('Ψ', "Psi"),
    ('Ω', "Omega"),
    ('α', "alpha"),
    ('β', "beta"),
    ('γ', "gamma"),
    ('δ', "delta"),
    ('ε', "varepsilon"),
    ('ζ', "zeta"),
    ('η', "eta"),
    ('θ', "theta"),
    ('ι', "iota"),
    ('κ', "kappa"),
    ('λ', "lambda"),
    ('μ', "mu"),
    ('ν', "nu"),
    ('ξ', "xi"),
    ('π', "pi"),
    ('ρ', "rho"),
    ('ς', "varsigma"),
    ('σ', "sigma"),
    ('τ', "tau"),
    ('υ', "upsilon"),
    ('φ', "varphi"),
    ('χ', "chi"),
    ('ψ', "psi"),
    ('ω', "omega"),
    ('ϑ', "vartheta"),
    ('ϕ', "phi"),
    ('ϖ', "varpi"),
    ('ϱ', "varrho"),
    ('ϵ', "epsilon"),
    ('†', "dagger"),
    ('…', "ldots"),
    ('ℏ', "hbar"),
    ('ℑ', "Im"),
    ('ℓ', "ell"),
    ('ℕ', "mathbb{N}"),
    ('ℚ', "mathbb{Q}"),
    ('ℜ', "Re"),
    ('ℝ', "mathbb{R}"),
    ('ℤ', "mathbb{Z}"),
    ('←', "leftarrow"),
    ('↑', "uparrow"),
    ('→', "rightarrow"),
    ('↓', "downarrow"),
    ('↔', "leftrightarrow"),
    ('↦', "mapsto"),
    ('⇐', "Leftarrow"),
    ('⇒', "Rightarrow"),
    ('⇔', "Leftrightarrow"),
    ('∀', "forall"),
    ('∂', "partial"),
    ('∃', "exists"),
    ('∄', "nexists"),
    ('∅', "emptyset"),
    ('∇', "nabla"),
    ('∈', "in"),
    ('∉', "notin"),
    ('∋', "ni"),
    ('∏', "prod"),
    ('∐', "coprod"),
    ('∑', "sum"),
    ('∓', "mp"),
    ('∖', "setminus"),
    ('∗', "ast"),
    ('∘', "circ"),
    ('∙', "bullet"),
    ('∝', "propto"),
    ('∞', "infty"),
    ('∠', "angle"),
    ('∣', "mid"),
    ('∥', "parallel"),
    ('∧', "land"),
    ('∨', "lor"),
    ('∩', "cap"),
    ('∪', "cup"),
    ('∫', "int"),
    ('∬', "iint"),
    ('∭', "iiint"),
    ('∮', "oint"),
    ('∯', "oiint"),
    ('∰', "oiiint"),
    ('∴', "therefore"),
    ('∵', "because"),
    ('∼', "sim"),
    ('≃', "simeq"),
    ('≅', "cong"),
    ('≈', "approx"),
    ('≔', "coloneqq"),
    ('≜', "triangleq"),
    ('≠', "neq"),
    ('≡', "equiv"),
    ('≤', "leq"),
    ('≥', "geq"),
    ('≪', "ll"),
    ('≫', "gg"),
    ('≺', "prec"),
    ('≻', "succ"),
    ('⊂', "subset"),
    ('⊃', "supset"),
    ('⊆', "subseteq"),
    ('⊇', "supseteq"),
    ('⊕', "oplus"),
    ('⊗', "otimes"),
    ('⊢', "vdash"),
    ('⊥', "perp"),
    ('⋀', "bigwedge"),
    ('⋁', "bigvee"),
    ('⋂', "bigcap"),
    ('⋃', "bigcup"),
    ('⋅', "cdot"),
    ('⋮', "vdots"),
    ('⋯', "cdots"),
    ('⋱', "ddots"),
    ('⟨', "langle"),
    ('⟩', "rangle"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_are_sorted() {
        assert!(NAMES.is_sorted_by(|(one, _), (next, _)| one < next));
    }

    #[test]
    fn signs_have_their_names() {
        let mut text = String::new();
        push("𝑥≤50% 𝛼−ℎ", &mut text);
        assert_eq!(text, r"x\leq 50\% \alpha -h");
    }
}
