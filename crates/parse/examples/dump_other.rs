//! Temporary.
use std::io::Write;
fn main() {
    let out = std::env::args().nth(1).unwrap();
    for path in std::env::args().skip(2) {
        let bytes = std::fs::read(&path).unwrap();
        let name = std::path::Path::new(&path).file_name().unwrap().to_str().unwrap();
        let start = std::time::Instant::now();
        let result = parse::detect(&bytes, name).and_then(|f| parse::parse(&bytes, f));
        let took = start.elapsed().as_millis();
        let mut log = std::io::stdout();
        match result {
            Ok(d) => {
                let t = std::time::Instant::now();
                let chunks = parse::chunk(&d, &parse::Chunking::default());
                writeln!(log, "{name} {} {} blocks={} chunks={} maxtok={} ms={took} chunkms={} w={:?}", d.format, d.title.clone().unwrap_or_default(), d.blocks.len(), chunks.len(), chunks.iter().map(|c| c.token_count).max().unwrap_or(0), t.elapsed().as_millis(), d.warnings).unwrap();
                std::fs::write(format!("{out}/{name}.txt"), &d.text).unwrap();
                std::fs::write(format!("{out}/{name}.md"), parse::render::markdown(&d)).unwrap();
                std::fs::write(format!("{out}/{name}.json"), serde_json::to_string(&d).unwrap()).unwrap();
                std::fs::write(format!("{out}/{name}.chunks"), chunks.iter().map(|c| format!("--- {} {:?} {:?} {} {:?} {:?}\n{}\n", c.position, c.heading_path, c.content_type, c.token_count, c.table_header, c.exclude_reason, c.text)).collect::<String>()).unwrap();
            }
            Err(e) => writeln!(log, "{name} ERROR {e}").unwrap(),
        }
    }
}
