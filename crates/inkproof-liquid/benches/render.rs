//! Measures rendering, with the template parsed and the data read beforehand.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use inkproof_liquid::{Arena, Options, Output};

use engines::{ALL, SMALL, by_hand};

mod engines;

fn render(criterion: &mut Criterion) {
    for workload in &ALL {
        let mut group = criterion.benchmark_group(format!("render/{}", workload.name));

        let kept = Arena::new();
        let (template, data) = engines::inkproof(workload, &kept);
        let (mut arena, mut out, options) = (Arena::new(), Output::new(), Options::default());
        group.bench_function("inkproof", |bencher| {
            bencher.iter(|| {
                arena.reset();
                out.clear();
                template.render(black_box(data), &options, &arena, &mut out).unwrap();
                black_box(out.text());
            });
        });

        let (template, data) = engines::liquid_rust(workload);
        let mut out = Vec::new();
        group.bench_function("liquid", |bencher| {
            bencher.iter(|| {
                out.clear();
                template.render_to(&mut out, black_box(&data)).unwrap();
                black_box(&out);
            });
        });

        let environment = engines::minijinja_environment();
        let template = environment.template_from_str(workload.jinja).unwrap();
        let data = engines::minijinja_data(workload);
        workload.check("minijinja", &template.render(data.clone()).unwrap());
        group.bench_function("minijinja", |bencher| {
            bencher.iter(|| black_box(template.render(black_box(&data).clone()).unwrap()));
        });
        group.finish();
    }

    by_hand(criterion);
}

/// The small message without a template.
fn by_hand(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("render/small");
    let mut out = String::new();

    let tree: serde_json::Value = serde_json::from_str(SMALL.data).unwrap();
    by_hand::small_from_tree(&tree, &mut out);
    SMALL.check("the function that reads a tree", &out);
    group.bench_function("by_hand_from_tree", |bencher| {
        bencher.iter(|| {
            out.clear();
            by_hand::small_from_tree(black_box(&tree), &mut out);
            black_box(&out);
        });
    });

    let structs: by_hand::Small = serde_json::from_str(SMALL.data).unwrap();
    out.clear();
    by_hand::small_from_structs(&structs, &mut out);
    SMALL.check("the function that reads structs", &out);
    group.bench_function("by_hand_from_structs", |bencher| {
        bencher.iter(|| {
            out.clear();
            by_hand::small_from_structs(black_box(&structs), &mut out);
            black_box(&out);
        });
    });
    group.finish();
}

criterion_group!(benches, render);
criterion_main!(benches);
