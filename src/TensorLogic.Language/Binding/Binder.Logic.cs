using TensorLogic.Language.Diagnostics;
using TensorLogic.Language.Evaluation;
using TensorLogic.Language.Functions;
using TensorLogic.Language.Logic;
using TensorLogic.Language.Syntax;
using TensorLogic.Language.Values;

namespace TensorLogic.Language.Binding;

/// <summary>Entities, relations, facts, rules and queries (9).</summary>
internal sealed partial class Binder
{
    /// <summary>Logic variables by name, in the order of their first occurrence.</summary>
    private sealed class LogicScope
    {
        private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);

        public int Count { get; private set; }

        public int NumberOf(string name)
        {
            if (!_numbers.TryGetValue(name, out int number)) _numbers[name] = number = Count++;
            return number;
        }

        public int Anonymous() => Count++;
    }

    /// <summary>Relations that the file declares, has facts, rules or equations for, anywhere (9.3).</summary>
    private void CollectRelations(IEnumerable<Statement> statements)
    {
        foreach (Statement statement in statements)
            switch (statement)
            {
                case RelationStatement relation: _code.Relations.Add(relation.Name); break;
                case EntityStatement entity: _code.EntityTypes.Add(entity.Name); break;
                case FactStatement fact: _code.Relations.Add(fact.Atom.Relation); break;
                case RuleStatement rule: _code.Relations.Add(rule.Head.Relation); break;
                case FactEquationStatement equation: _code.Relations.Add(equation.Head.Relation); break;
                case ImportStatement import when TryImport(import) is { } module:
                    _code.Relations.UnionWith(module.Relations);
                    _code.EntityTypes.UnionWith(module.EntityTypes);
                    break;
                case Block block: CollectRelations(block.Statements); break;
                case MainStatement main: CollectRelations(main.Body.Statements); break;
                case TestStatement test: CollectRelations(test.Body.Statements); break;
                case IfStatement conditional:
                    CollectRelations(conditional.Then.Statements);
                    if (conditional.Else is { } other) CollectRelations([other]);
                    break;
                case WhileStatement loop: CollectRelations(loop.Body.Statements); break;
                case ForStatement loop: CollectRelations(loop.Body.Statements); break;
                case FunctionStatement { Function.Block: { } body }: CollectRelations(body.Statements); break;
                case AssignmentStatement { Right: LearnExpression learn }: CollectRelations(learn.Body.Statements); break;
                case DeclarationStatement { Value: LearnExpression learn }: CollectRelations(learn.Body.Statements); break;
                case ExpressionStatement { Value: LearnExpression learn }: CollectRelations(learn.Body.Statements); break;
            }
    }

    private bool KnowsRelation(string name) => _code.Relations.Contains(name) || _context.Database.Has(name);

    private ScriptFault UnknownRelation(SourceSpan span, string name)
    {
        string? similar = Similarity.Closest(name, _code.Relations.Concat(_context.Database.Names));
        return Fault(span, Messages.UnknownRelation(name, similar is null ? null : Messages.DidYouMean(similar)));
    }

    private StatementNode BindLogic(Statement statement)
    {
        switch (statement)
        {
            case EntityStatement entity: return new EntityNode(entity.Span, entity.Name, entity.Members);
            case RelationStatement relation: return new RelationNode(relation.Span, relation.NameSpan, relation.Name, [.. relation.Columns.Select(BindColumn)]);
            case EmbeddingStatement embedding:
                if (embedding.Initializer is not ("zeros" or "ones" or "random" or "xavier" or "he")) throw Fault(embedding.NameSpan, Messages.Expected("zeros, ones, random, xavier or he", $"'{embedding.Initializer}'"));
                return new EmbeddingNode(embedding.Span, Declare(embedding.Name), embedding.Entities, embedding.Dimension, embedding.Initializer);
            case FactStatement fact: return BindFact(fact);
            case RuleStatement rule: return BindRule(rule);
            case QueryStatement query: return new QueryStatementNode(query.Span, BindBody(query.Body));
            case FactEquationStatement equation: return BindFactEquation(equation);
            default: throw Fault(statement.Span, Messages.Internal($"no rule for {statement.GetType().Name}"));
        }
    }

    private (ColumnKind, string?) BindColumn(ParameterSyntax column) => column.Type?.Name switch
    {
        null or "entity" => (ColumnKind.Entity, null),
        "int" => (ColumnKind.Int, null),
        "float" => (ColumnKind.Float, null),
        "string" => (ColumnKind.String, null),
        "bool" => (ColumnKind.Bool, null),
        var type when _code.EntityTypes.Contains(type) || _context.Database.FindDomain(type) is not null => (ColumnKind.Entity, type),
        var type => throw Fault(column.Type!.Span, Messages.UnknownType(type)),
    };

    private FactNode BindFact(FactStatement fact)
    {
        List<SlotNode> terms = [];
        foreach (Term term in fact.Atom.Terms)
            switch (term)
            {
                case VariableTerm variable: throw Fault(variable.Span, Messages.FactVariable(variable.Name ?? "_"));
                case AggregateTerm aggregate: throw Fault(aggregate.Span, Messages.FactAggregate());
                default: terms.Add(BindConstant(term)); break;
            }
        return new FactNode(fact.Atom.Span, fact.Atom.Relation, [.. terms]);
    }

    private SlotNode BindConstant(Term term) => term switch
    {
        ConstantTerm constant => new(-1, new ConstantNode(constant.Span, constant.Value)),
        ValueTerm value => new(-1, BindExpression(value.Value)),
        _ => throw Fault(term.Span, Messages.Internal("a term")),
    };

    private SlotNode BindSlot(Term term, LogicScope scope, bool anonymousBinds) => term switch
    {
        VariableTerm { Name: null } => new(anonymousBinds ? scope.Anonymous() : -1, null),
        VariableTerm variable => new(scope.NumberOf(variable.Name!), null),
        AggregateTerm aggregate => BindSlot(aggregate.Operand, scope, anonymousBinds) with { Aggregate = aggregate.Aggregate },
        _ => BindConstant(term),
    };

    private LiteralNode BindLiteral(Literal literal, LogicScope scope)
    {
        if (literal is AtomLiteral { Atom: var atom } given)
        {
            if (!KnowsRelation(atom.Relation)) throw UnknownRelation(atom.Span, atom.Relation);
            // `_` of a positive atom is a variable of its own; of a negated one it stands for anything.
            return new AtomNode(atom.Span, atom.Relation, [.. atom.Terms.Select(term => BindSlot(term, scope, anonymousBinds: !given.IsNegated))], given.IsNegated);
        }
        ComparisonLiteral comparison = (ComparisonLiteral)literal;
        return new ComparisonNode(comparison.Span, comparison.Operator, BindLogicTerm(comparison.Left, scope), BindLogicTerm(comparison.Right, scope));
    }

    private LogicTermNode BindLogicTerm(Expression expression, LogicScope scope)
    {
        switch (expression)
        {
            case LiteralExpression literal: return new LogicConstantNode(new ConstantNode(literal.Span, literal.Value));
            case NameExpression name when Syntax.Tokens.IsShortName(name.Name): return new LogicVariableNode(scope.NumberOf(name.Name));
            case NameExpression name: return new LogicConstantNode(new ConstantNode(name.Span, name.Name));
            case ParenthesizedExpression parenthesized:
                return ShortNames(parenthesized.Inner).Any() ? BindLogicTerm(parenthesized.Inner, scope) : new LogicConstantNode(BindExpression(parenthesized.Inner));
            case UnaryExpression { Operator: UnaryOperator.Negate } negate: return new LogicOperatorNode(null, BindLogicTerm(negate.Operand, scope), null);
            case BinaryExpression { Operator: BinaryOperator.Add or BinaryOperator.Subtract or BinaryOperator.Multiply or BinaryOperator.Divide or BinaryOperator.Remainder or BinaryOperator.Power } binary:
                return new LogicOperatorNode(binary.Operator, BindLogicTerm(binary.Left, scope), BindLogicTerm(binary.Right, scope));
            case CallExpression { Callee: NameExpression callee } call when Lookup(callee.Name) is null && Library.Instance.Function(callee.Name) is { } function && call.Arguments.All(argument => argument.Name is null):
                return new LogicFunctionNode(function, [.. call.Arguments.Select(argument => BindLogicTerm(argument.Value, scope))]);
            default: throw Fault(expression.Span, Messages.OnlyArithmetic());
        }
    }

    private static IEnumerable<NameExpression> ShortNames(Expression expression) => Trees.Names(expression).Where(name => Syntax.Tokens.IsShortName(name.Name));

    /// <summary>A query's body, safe, with the variables of its answers.</summary>
    private BodyNode BindBody(IReadOnlyList<Literal> body)
    {
        LogicScope scope = new();
        List<(string, int)> answers = [];
        HashSet<string> known = new(StringComparer.Ordinal);
        List<LiteralNode> literals = [];
        foreach (Literal literal in body)
        {
            literals.Add(BindLiteral(literal, scope));
            if (literal is AtomLiteral { IsNegated: true }) continue;
            foreach ((_, string name) in VariablesOf(literal))
                if (known.Add(name)) answers.Add((name, scope.NumberOf(name)));
        }
        CheckSafety(body, null);
        return new BodyNode([.. literals], scope.Count, [.. answers]);
    }

    private RuleNode BindRule(RuleStatement rule)
    {
        LogicScope scope = new();
        LiteralNode[] body = [.. rule.Body.Select(literal => BindLiteral(literal, scope))];
        CheckSafety(rule.Body, rule.Head);
        SlotNode[] head = [.. rule.Head.Terms.Select(term => BindSlot(term, scope, anonymousBinds: false))];
        bool aggregates = rule.Head.Terms.Any(term => term is AggregateTerm);
        AtomLiteral[] atoms = [.. rule.Body.OfType<AtomLiteral>()];
        _code.Rules.Add((new RuleDependency(rule.Head.Relation,
            [.. atoms.Where(atom => !atom.IsNegated && !aggregates).Select(atom => atom.Atom.Relation)],
            [.. atoms.Where(atom => atom.IsNegated || aggregates).Select(atom => atom.Atom.Relation)]), rule.Span));
        return new RuleNode(rule.Span, rule.Head.Relation, head, body, scope.Count);
    }

    private static IEnumerable<(SourceSpan Span, string Name)> VariablesOf(Literal literal) => literal switch
    {
        AtomLiteral atom => atom.Atom.Terms.OfType<VariableTerm>().Where(term => term.Name is not null).Select(term => (term.Span, term.Name!)),
        ComparisonLiteral comparison => ShortNames(comparison.Left).Concat(ShortNames(comparison.Right)).Select(name => (name.Span, name.Name)),
        _ => [],
    };

    /// <summary>Every variable of the head, of negated atoms and of comparisons must be bound (9.4).</summary>
    /// <exception cref="ScriptFault">TL2005, for the first of the body, then of the head.</exception>
    private void CheckSafety(IReadOnlyList<Literal> body, Atom? head)
    {
        HashSet<string> bound = [.. body.OfType<AtomLiteral>().Where(atom => !atom.IsNegated).SelectMany(atom => VariablesOf(atom)).Select(variable => variable.Name)];
        ComparisonLiteral[] equations = [.. body.OfType<ComparisonLiteral>().Where(comparison => comparison.Operator is null)];
        bool grows = true;
        while (grows)
        {
            grows = false;
            foreach (ComparisonLiteral equation in equations)
            {
                if (equation.Left is NameExpression left && Syntax.Tokens.IsShortName(left.Name) && ShortNames(equation.Right).All(name => bound.Contains(name.Name))) grows |= bound.Add(left.Name);
                if (equation.Right is NameExpression right && Syntax.Tokens.IsShortName(right.Name) && ShortNames(equation.Left).All(name => bound.Contains(name.Name))) grows |= bound.Add(right.Name);
            }
        }
        foreach (Literal literal in body)
            foreach ((SourceSpan span, string name) in VariablesOf(literal))
                if (!bound.Contains(name)) throw Fault(span, Messages.Unbound(name));
        foreach (Term term in head?.Terms ?? [])
            if ((term is AggregateTerm aggregate ? aggregate.Operand : term) is VariableTerm variable && (variable.Name is null || !bound.Contains(variable.Name)))
                throw Fault(variable.Span, Messages.Unbound(variable.Name ?? "_"));
    }

    /// <summary>No relation may depend on its own negation or aggregate, together with the rules that the engine has.</summary>
    private void CheckStrata()
    {
        if (_code.Rules.Count == 0 || _code.IsModule) return;
        List<RuleDependency> rules = [.. _code.Rules.Select(rule => rule.Rule), .. _context.Database.Rules.Select(Derivation.Dependency)];
        int wrong = Strata.FirstViolation(rules);
        if (wrong >= 0) _problems.Add(Fault(_code.Rules[Math.Min(wrong, _code.Rules.Count - 1)].Span, Messages.NotStratified(rules[wrong].Head)));
    }
}
