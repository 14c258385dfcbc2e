//! Subjects: a template with its requests and customers, read from strings.

use inkproof::analysis::{ContentProof, Needs};
use inkproof::contract::{Declarations, MessageSchema};
use inkproof::diagnostics::{Diagnostics, Source};
use inkproof::liquid::Arena;
use inkproof::message::{CompiledTemplate, Customer, RenderOptions, Request, Template, Workspace};
use inkproof::search::{Effort, SearchInput, SearchOptions, SearchReport, SeedCase, search_template};

/// A template and what is sent to it.
pub(crate) struct Subject {
    pub(crate) template: Template,
    pub(crate) requests: Vec<Request>,
    pub(crate) customers: Vec<Customer>,
}

/// When the messages are rendered, and how.
pub(crate) fn render_options() -> RenderOptions {
    RenderOptions {
        now: "2026-01-01T00:00:00Z".parse().unwrap(),
        mode: inkproof::liquid::Mode::Live,
        seed: Some(0),
        limits: inkproof::liquid::Limits::default(),
        asks_test_send: false,
    }
}

impl Subject {
    /// A template with this content, requests with these `message_data`, and customers with these attributes; the first
    /// customer is the one whom all requests are for.
    pub(crate) fn new(content: &str, data: &[&str], customers: &[&str]) -> Self {
        let text = format!("---\n---\n{content}");
        let template = Template::read("t", Source::new("templates/t.liquid", text.as_str())).unwrap();
        let customers = if customers.is_empty() { &[r#"{"id":"u1"}"#] } else { customers };
        let customers: Vec<_> =
            customers.iter().map(|text| Customer::read(Source::new("c.json", *text)).unwrap()).collect();
        let request = |data: &&str| {
            let body =
                format!(r#"{{"transactional_message_id":"t","identifiers":{{"id":"u1"}},"message_data":{data}}}"#);
            Request::read("r", Source::new("r.json", body.as_str()), &mut Diagnostics::new()).unwrap()
        };
        Self { template, requests: data.iter().map(request).collect(), customers }
    }

    /// Does `work` with the template, compiled.
    pub(crate) fn compiled<T>(&self, work: impl FnOnce(&CompiledTemplate<'_>) -> T) -> T {
        let workspace = Workspace::default();
        let arena = Arena::new();
        work(&self.template.compile(&workspace, &arena).unwrap())
    }

    /// What a search finds.
    pub(crate) fn search(&self, effort: Effort) -> SearchReport {
        let render_options = render_options();
        self.compiled(|compiled| {
            self.search_compiled(
                compiled,
                &SearchOptions { effort, seed: 0, render_options: &render_options, is_parallel: false },
            )
        })
    }

    /// What a search finds if `message_data` is declared by this schema.
    pub(crate) fn search_declared(&self, schema: &MessageSchema) -> SearchReport {
        let render_options = render_options();
        let options =
            SearchOptions { effort: Effort::Normal, seed: 0, render_options: &render_options, is_parallel: false };
        let declarations = Declarations { message_data: Some(schema), customer: None };
        self.compiled(|compiled| self.search_with(compiled, declarations, &options))
    }

    pub(crate) fn search_compiled(&self, compiled: &CompiledTemplate<'_>, options: &SearchOptions<'_>) -> SearchReport {
        self.search_with(compiled, Declarations::default(), options)
    }

    fn search_with(
        &self,
        compiled: &CompiledTemplate<'_>,
        declarations: Declarations<'_>,
        options: &SearchOptions<'_>,
    ) -> SearchReport {
        let case = |request| SeedCase { name: "standard", request, customer: &self.customers[0] };
        let cases: Vec<_> = self.requests.iter().map(case).collect();
        let (arena, texts) = (Arena::new(), compiled.texts());
        let trees: Vec<_> = texts.iter().map(|text| text.liquid).collect();
        let needs =
            Needs::from_templates(&trees, compiled.language(), &|name| compiled.snippet_texts(name, &arena), &arena);
        let content = ContentProof::prove(trees[0]);
        let customers = &self.customers;
        let input = SearchInput { compiled, needs: &needs, content: &content, cases: &cases, customers, declarations };
        search_template(&input, options)
    }
}

/// Everything that a search reports.
pub(crate) fn summary(report: &SearchReport) -> String {
    let found: Vec<_> = report.counterexamples.iter().map(|found| (found.findings(), found.body.to_string())).collect();
    format!("{:?}", (report.verdict, report.renders, found))
}
