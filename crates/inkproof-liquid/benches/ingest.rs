//! Measures reading JSON into values that a template can use.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use inkproof_liquid::Arena;
use inkproof_liquid::value::json;

use engines::ALL;

mod engines;

fn ingest(criterion: &mut Criterion) {
    for workload in &ALL {
        let mut written = String::new();
        let arena = Arena::new();
        json::write(json::read(workload.data, &arena).unwrap(), None, &mut written).unwrap();
        let tree: serde_json::Value = serde_json::from_str(workload.data).unwrap();
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&written).unwrap(),
            tree,
            "other data for {}",
            workload.name
        );

        let mut group = criterion.benchmark_group(format!("ingest/{}", workload.name));
        group.throughput(Throughput::Bytes(workload.data.len() as u64));
        let mut arena = Arena::new();
        group.bench_function("inkproof", |bencher| {
            bencher.iter(|| {
                arena.reset();
                let _ = black_box(json::read(black_box(workload.data), &arena).unwrap());
            });
        });
        group.bench_function("serde_json", |bencher| {
            bencher.iter(|| black_box(serde_json::from_str::<serde_json::Value>(black_box(workload.data)).unwrap()));
        });
        group.bench_function("liquid", |bencher| {
            bencher.iter(|| black_box(serde_json::from_str::<liquid::Object>(black_box(workload.data)).unwrap()));
        });
        group.bench_function("minijinja", |bencher| {
            bencher.iter(|| black_box(serde_json::from_str::<minijinja::Value>(black_box(workload.data)).unwrap()));
        });
        group.finish();
    }
}

criterion_group!(benches, ingest);
criterion_main!(benches);
