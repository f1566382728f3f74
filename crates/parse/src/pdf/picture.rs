//! The picture of a page, as it would be seen.

use std::panic::{AssertUnwindSafe, catch_unwind};

use hayro::{
    PixmapSettings, RenderCache, RenderSettings, hayro_interpret::InterpreterSettings,
    hayro_syntax::page::Page, render, vello_cpu::color::palette::css::WHITE,
};

use crate::{OcrError, PageImage};

/// What OCR reads best.
const DPI: u32 = 300;
/// The coarsest picture that text of usual size can be read in.
const LEAST_DPI: f32 = 50.0;
/// The most pixels of a picture: of an A3 page at [`DPI`] and a half more.
const MOST_PIXELS: f32 = 26_000_000.0;
/// The longest side of a picture.
const MOST_SIDE: f32 = 16_000.0;

/// Paints a page; a huge one at a lower resolution. `None` where it shows a single colour.
///
/// # Errors
/// Where it has no area or too much of it, or cannot be painted.
pub(super) fn paint<'a>(page: &'a Page<'a>) -> Result<Option<PageImage>, OcrError> {
    let failed = |reason: &str| OcrError::Page(reason.to_owned());
    let (width, height) = page.render_dimensions();
    let dpi = resolution(width, height).ok_or_else(|| failed("its size is beyond what can be painted"))?;
    // The renderer rounds down, so that a hair less than a pixel would be none.
    let scale = |points: f32| ((points * dpi / 72.0).round() + 0.01) / points;
    let settings = PixmapSettings { x_scale: scale(width), y_scale: scale(height), bg_color: WHITE };
    // A cache of its own: what pages share is little next to what they would heap up.
    let cache = RenderCache::new();
    let paint =
        || render(page, &cache, &InterpreterSettings::default(), &RenderSettings::default(), &settings);
    // A page that the renderer fails on is no reason to lose the others.
    let pixmap = catch_unwind(AssertUnwindSafe(paint)).map_err(|_| failed("it cannot be painted"))?;
    let gray = |red: u8, green: u8, blue: u8| {
        let light = 77 * u32::from(red) + 150 * u32::from(green) + 29 * u32::from(blue);
        (light >> 8) as u8
    };
    let pixels: Vec<u8> = pixmap.data().iter().map(|pixel| gray(pixel.r, pixel.g, pixel.b)).collect();
    if pixels.windows(2).all(|pair| pair[0] == pair[1]) {
        return Ok(None);
    }
    let (width, height) = (pixmap.width().into(), pixmap.height().into());
    Ok(Some(PageImage { width, height, pixels, dpi: dpi.round() as u32 }))
}

/// The resolution to paint a page of so many points at.
fn resolution(width: f32, height: f32) -> Option<f32> {
    let (wide, high) = (width / 72.0, height / 72.0);
    let dpi = (DPI as f32).min(MOST_SIDE / wide.max(high)).min((MOST_PIXELS / (wide * high)).sqrt());
    (dpi >= LEAST_DPI && wide * dpi >= 1.0 && high * dpi >= 1.0).then_some(dpi)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn huge_pages_are_painted_coarser() {
        assert_eq!(resolution(612.0, 792.0), Some(300.0));
        let poster = resolution(2384.0, 3370.0).unwrap();
        assert!((100.0..200.0).contains(&poster), "{poster}");
        assert_eq!(resolution(14_400.0, 14_400.0), None);
        assert_eq!(resolution(0.0, 792.0), None);
        assert_eq!(resolution(f32::NAN, 792.0), None);
    }
}
