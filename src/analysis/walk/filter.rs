//! Filters: what they read of their input and arguments, and what is known about their result.

use super::{ReadContext, Walk};
use crate::analysis::abstract_value::AbstractValue;
use crate::analysis::kind::{self, PropertyUse, Treatment};
use crate::analysis::path::{Dependency, Depth, PathStep};
use crate::analysis::read::MissingBehavior;
use crate::liquid::syntax::expression_parser::ExpressionParser;
use crate::liquid::syntax::tree::{FilterCall, FilteredValue, Operand, OperandKind, Segment};
use crate::liquid::{Span, Value};

impl<'a> Walk<'_, 'a> {
    /// The result of a filter. Its arguments are always read. What it reads of its input, and whether the result is
    /// still the input or its elements, depends on the filter's [`Treatment`]. If the result is something new, or is
    /// used as a whole, all of the input is read.
    pub(super) fn filter(
        &mut self,
        filter: &'a FilterCall<'a>,
        input: &AbstractValue<'a>,
        context: ReadContext,
        is_last: bool,
    ) -> AbstractValue<'a> {
        let (_, treatment) = kind::treatment(filter.filter);
        let mut dependencies = input.dependencies.clone();
        for operand in filter.arguments.iter().filter_map(|argument| argument.value.as_ref()) {
            let argument = self.operand(operand, ReadContext { is_certain: context.is_certain, ..ReadContext::STRICT });
            dependencies.extend(argument.dependencies);
        }
        let literal = |at: usize| match filter.arguments.get(at)?.value?.kind {
            OperandKind::Literal(Value::String(text)) => Some(text),
            _ => None,
        };
        match treatment {
            Treatment::SelectsBy(usage) if !filter.arguments.is_empty() => {
                let span = filter.arguments[0].value.map_or(filter.span, |value| value.span);
                dependencies.extend(self.property(input, literal(0), span, usage, context));
            }
            Treatment::Evaluates => {
                dependencies.extend(self.element_expression(input, [literal(0), literal(1)], filter.span));
            }
            _ => {}
        }
        let elements = match treatment {
            Treatment::Keeps | Treatment::Selects => Some(input.paths.clone()),
            Treatment::SelectsBy(_) | Treatment::Evaluates if kind::gives_elements(filter.filter) => {
                Some(input.paths.clone())
            }
            _ if kind::gives_an_element(filter.filter) => {
                Some(input.paths.iter().map(|path| path.then(PathStep::Element)).collect())
            }
            _ => None,
        };
        // If the result is printed or goes into another filter, all of it is read.
        let is_whole =
            !matches!(treatment, Treatment::Counts | Treatment::Keeps) && (!is_last || context.depth == Depth::Whole);
        if is_whole
            || (elements.is_none() && !matches!(treatment, Treatment::Counts))
            || lacks_property(treatment, filter)
        {
            for path in &input.paths {
                let whole = ReadContext { missing: MissingBehavior::Decides, depth: Depth::Whole, ..context };
                self.read(path, filter.span, whole);
                dependencies.push(Dependency { path: path.clone(), depth: Depth::Whole });
            }
        }
        let mut result = AbstractValue::from_dependencies(dependencies);
        result.paths = elements.unwrap_or_default();
        result.is_lenient = true;
        result
    }

    /// Reads a property of each element, which a filter names in a string, such as `where: 'user.name'`. If the string
    /// is not known, the whole list is read.
    fn property(
        &mut self,
        list: &AbstractValue<'a>,
        property: Option<&'a str>,
        span: Span,
        usage: PropertyUse,
        context: ReadContext,
    ) -> Vec<Dependency<'a>> {
        let path = property.and_then(|text| {
            let mut markup = ExpressionParser::new(text, Span::new(0, text.len()), self.arena, self.language);
            markup.path().ok().flatten()
        });
        let Some(Operand { kind: OperandKind::Path { base: None, segments }, .. }) = path else {
            return self.read_whole(list, span, context);
        };
        let segments: &'a [Segment<'a>] = segments;
        let missing = match usage {
            PropertyUse::Optional => MissingBehavior::Nothing,
            PropertyUse::Required | PropertyUse::MaybeRequired => MissingBehavior::Fails,
        };
        let is_certain = context.is_certain && usage == PropertyUse::Required && list.exact_path().is_some();
        let context = ReadContext { missing, is_certain, ..ReadContext::STRICT };
        let element = list.element();
        self.follow(&element, segments, span, context).dependencies
    }

    /// Reads the expression that a filter evaluates for each element, such as `where_exp: 'item', 'item.count > 1'`.
    fn element_expression(
        &mut self,
        list: &AbstractValue<'a>,
        [name, expression]: [Option<&'a str>; 2],
        span: Span,
    ) -> Vec<Dependency<'a>> {
        let value = expression.and_then(|text| {
            ExpressionParser::new(text, Span::new(0, text.len()), self.arena, self.language).value().ok()
        });
        let (Some(name), Some(value)) = (name, value) else {
            // It can read any variable.
            self.reads_anything = true;
            return Vec::new();
        };
        let value: &'a FilteredValue<'a> = self.arena.alloc(value);
        let element = list.element();
        self.scoped.push((name, element));
        let reads = self.reads.len();
        let result = self.value(value, ReadContext { is_certain: false, ..ReadContext::STRICT });
        self.scoped.pop();
        // The expression was parsed from a string, so its spans do not point into the template.
        for read in &mut self.reads[reads..] {
            read.span = span;
        }
        result.dependencies
    }

    /// Reads all of a list.
    fn read_whole(&mut self, list: &AbstractValue<'a>, span: Span, context: ReadContext) -> Vec<Dependency<'a>> {
        for path in &list.paths {
            self.read(path, span, ReadContext { missing: MissingBehavior::Decides, depth: Depth::Whole, ..context });
        }
        list.paths.iter().map(|path| Dependency { path: path.clone(), depth: Depth::Whole }).collect()
    }
}

/// Whether a filter lacks the argument that names the property, so that it is not known what it reads.
const fn lacks_property(treatment: Treatment, filter: &FilterCall<'_>) -> bool {
    matches!(treatment, Treatment::SelectsBy(_)) && filter.arguments.is_empty()
}
