//! Measures parsing a template.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use inkproof_liquid::{Arena, LIQUIDJS, Template};

use engines::ALL;

mod engines;

fn parse(criterion: &mut Criterion) {
    let language = &*LIQUIDJS;
    let parser = engines::liquid_rust_parser();
    let environment = engines::minijinja_environment();
    for workload in &ALL {
        engines::inkproof(workload, &Arena::new());
        engines::liquid_rust(workload);
        workload
            .check("minijinja", &environment.render_str(workload.jinja, engines::minijinja_data(workload)).unwrap());

        let mut group = criterion.benchmark_group(format!("parse/{}", workload.name));
        group.throughput(Throughput::Bytes(workload.liquid.len() as u64));
        let mut arena = Arena::new();
        group.bench_function("inkproof", |bencher| {
            bencher.iter(|| {
                arena.reset();
                black_box(Template::parse(black_box(workload.liquid), language, &arena).unwrap());
            });
        });
        group.bench_function("liquid", |bencher| {
            bencher.iter(|| black_box(parser.parse(black_box(workload.liquid)).unwrap()));
        });
        group.bench_function("minijinja", |bencher| {
            bencher.iter(|| {
                black_box(environment.template_from_str(black_box(workload.jinja)).unwrap());
            });
        });
        group.finish();
    }
}

criterion_group!(benches, parse);
criterion_main!(benches);
