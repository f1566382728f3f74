use std::collections::BTreeMap;
use serde_json::Value;
fn auroc(pos: &[f64], neg: &[f64]) -> f64 {
    let mut n = 0.0;
    for p in pos { for q in neg { n += if p > q {1.0} else if p == q {0.5} else {0.0}; } }
    n / (pos.len() * neg.len()) as f64
}
fn read(f: &str) -> Vec<Value> {
    std::fs::read_to_string(format!("/work/shared/eval/{f}.jsonl")).unwrap().lines().map(|l| serde_json::from_str(l).unwrap()).collect()
}
fn main() {
    let show = std::env::args().nth(1);
    if show.as_deref() == Some("more") { return more(); }
    types(show.clone());
    for f in ["grounding_halueval", "grounding_corrupted"] {
        let rows = read(f);
        let mut times = vec![];
        let mut by: BTreeMap<String, Vec<f64>> = BTreeMap::new();
        let mut abst = [0, 0];
        let mut len: [BTreeMap<usize, Vec<f64>>; 2] = Default::default();
        let mut right = 0; let mut count=0;
        for r in &rows {
            let g = |k: &str| r[k].as_str().unwrap_or("");
            let t = std::time::Instant::now();
            let s = validate::score(&validate::Example { context: g("context"), surroundings: &[], question: g("question"), answer: g("answer") });
            times.push(t.elapsed().as_nanos());
            let label = r["label"].as_i64().unwrap() as usize;
            let Some(v) = s.grounding_score else { abst[label] += 1; continue };
            count+=1;
            if (v >= 0.5) == (label == 1) { right += 1; }
            by.entry(if label == 1 { "1".into() } else { "0".into() }).or_default().push(v);
            if label == 0 { by.entry(format!("0 {}", g("fine"))).or_default().push(v); }
            len[label].entry(g("answer").split_whitespace().count()).or_default().push(v);
            if let Some(w) = &show { if f.contains(w.as_str()) && ((v >= 0.5) != (label == 1)) {
                println!("{label} {v:.2} {} | Q {} | A {} | {:?}", g("fine"), g("question"), g("answer"), s.unsupported.iter().map(|u| &u.reason).collect::<Vec<_>>());
            }}
        }
        times.sort();
        println!("{f}: abstained {abst:?}, acc@.5 {:.3}, median {} us, p95 {} us", right as f64 / count as f64, times[times.len()/2]/1000, times[times.len()*95/100]/1000);
        for (k, v) in &by { if k != "1" { println!("   {k:20} {:.4}  n={}", auroc(&by["1"], v), v.len()); } }
        // length matched
        let (mut p, mut n) = (vec![], vec![]);
        let (mut wins, mut all) = (0.0, 0.0);
        for l in 1..60 { if let (Some(a), Some(b)) = (len[1].get(&l), len[0].get(&l)) {
            let m = a.len().min(b.len()); p.extend(&a[..m]); n.extend(&b[..m]);
            wins += auroc(a,b) * m as f64; all += m as f64;
        }}
        println!("   length matched {:.4} n={}   (within length {:.4})", auroc(&p, &n), p.len() + n.len(), wins/all);
    }
}
pub fn types(show: Option<String>) {
    use model::QuestionType as T;
    let mut m: BTreeMap<(String, String), usize> = BTreeMap::new();
    let mut sample: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for split in ["train", "valid"] {
    m.clear();
    for r in read("question_types").iter().filter(|r| r["split"] == split) {
        let gold = match r["label"].as_str().unwrap() { "FACTOID" => "fact", "INSTRUCTION" => "how", "REASON" | "EVIDENCE-BASED" => "conc", "COMPARISON" => "comp", "DEBATE" | "EXPERIENCE" => "anal", _ => continue };
        let got = match validate::question_type(r["text"].as_str().unwrap()) { T::Factual => "fact", T::HowTo => "how", T::Conceptual => "conc", T::Comparative => "comp", T::Analytical => "anal", T::Troubleshooting => "trouble", T::ApiCode => "api" };
        *m.entry((gold.into(), got.into())).or_default() += 1;
        if gold != got && split == "train" { sample.entry(format!("{gold}>{got}")).or_default().push(r["text"].as_str().unwrap().chars().take(110).collect()); }
    }
    let total: usize = m.values().sum();
    let right: usize = m.iter().filter(|(k, _)| k.0 == k.1).map(|(_, v)| v).sum();
    let mut f1 = 0.0;
    for c in ["fact", "how", "conc", "comp", "anal"] {
        let tp = m.get(&(c.into(), c.into())).copied().unwrap_or(0) as f64;
        let gold: usize = m.iter().filter(|(k, _)| k.0 == c).map(|(_, v)| v).sum();
        let got: usize = m.iter().filter(|(k, _)| k.1 == c).map(|(_, v)| v).sum();
        let f = 2.0 * tp / (gold + got) as f64; f1 += f / 5.0;
        println!("   {c}: P {:.3} R {:.3} F {f:.3}", tp / got as f64, tp / gold as f64);
    }
    println!("types {split}: acc {:.3} macro-F1 {f1:.3}", right as f64 / total as f64);
    }
    println!("{m:?}");
    if let Some(s) = show { for (k, v) in sample { if s == "types" || k == s { println!("== {k} {}", v.len()); for t in v.iter().step_by((v.len()/25).max(1)).take(25) { println!("     {t}"); } } } }
}
pub fn more() {
    let mut same = [0, 0]; let mut all = [0, 0];
    for r in read("duplicates") {
        let l = r["label"].as_i64().unwrap() as usize; all[l] += 1;
        if validate::duplicate_key(r["a"].as_str().unwrap(), "") == validate::duplicate_key(r["b"].as_str().unwrap(), "") { same[l] += 1; if l == 0 { println!("BAD {r}"); } }
    }
    println!("duplicates: exact {same:?} of {all:?}");
    for f in ["grounding_halueval", "grounding_corrupted"] {
        let mut q: [Vec<f64>; 2] = Default::default(); let mut d: BTreeMap<String, usize> = BTreeMap::new(); let mut flags: BTreeMap<String, [usize; 2]> = BTreeMap::new();
        for r in read(f) {
            let g = |k: &str| r[k].as_str().unwrap_or("");
            let s = validate::score(&validate::Example { context: g("context"), surroundings: &[], question: g("question"), answer: g("answer") });
            let l = r["label"].as_i64().unwrap() as usize;
            q[l].push(s.quality_score.unwrap());
            *d.entry(format!("{:?} {:?}", s.difficulty.unwrap(), s.question_type.unwrap())).or_default() += 1;
            for x in s.flags { flags.entry(format!("{:?}", x.code)).or_default()[l] += 1; }
        }
        for l in [0, 1] { q[l].sort_by(f64::total_cmp); let n = q[l].len(); println!("{f} {l} quality: {:?}", [0, n/10, n/4, n/2, 3*n/4, 9*n/10, n-1].map(|i| q[l][i])); }
        println!("  {d:?}\n  {flags:?}");
    }
    // worst cases
    let words: String = (0..4000).map(|i| format!("{} ", ["alpha", "beta", "the", "gamma", "1"][i * i % 5])).collect();
    for (n, c, a) in [("same words", words.clone(), words.chars().rev().collect::<String>()), ("a. a.", "a. B ".repeat(4000), "a. C ".repeat(4000)), ("verbatim miss", "x y ".repeat(5000), format!("{} z", "x y ".repeat(4999))), ("aaaa", "a".repeat(20000), "aa".repeat(9999)), ("names", "The Big Dog ".repeat(1700), "The Dog Big ".repeat(1700)), ("cjk", "水火".repeat(10000), "火水木".repeat(6600)), ("nums", "12 ".repeat(6600), "12 13 ".repeat(3300))] {
        let t = std::time::Instant::now();
        let s = validate::score(&validate::Example { context: &c, surroundings: &[], question: "What is alpha?", answer: &a });
        println!("worst {n}: {:?} ms, {:?}, ev {} uns {}", t.elapsed().as_millis(), s.grounding_score, s.evidence.len(), s.unsupported.len());
    }
}
