using TensorLogic.Language.Diagnostics;
using TensorLogic.Language.Equations;
using TensorLogic.Language.Evaluation;
using TensorLogic.Language.Functions;
using TensorLogic.Language.Syntax;
using TensorLogic.Language.Values;
using Aggregation = TensorLogic.Language.Equations.Aggregation;

namespace TensorLogic.Language.Binding;

/// <summary>Equations (8): which statements are equations, and what their index variables are.</summary>
internal sealed partial class Binder
{
    /// <summary>Maximal runs of equations within one list of statements (8.5).</summary>
    private sealed class EquationBlocks(Binder binder)
    {
        private EquationBlock? _open;

        /// <summary>Anything but an equation or an index declaration ends a block.</summary>
        public void Before(Statement statement)
        {
            if (statement is not (AssignmentStatement or DeclarationStatement { Kind: DeclarationKind.Let } or IndexStatement or FactEquationStatement)) _open = null;
        }

        public void End() => _open = null;

        public (EquationBlock Block, bool IsFirst) Join()
        {
            bool isFirst = _open is null;
            return (_open ??= new EquationBlock(binder._function.NewSlot()), isFirst);
        }
    }

    /// <summary>What an equation collects while it is bound.</summary>
    private sealed class EquationScope(bool isPlain)
    {
        private readonly Dictionary<string, IndexVariable> _indices = new(StringComparer.Ordinal);

        /// <summary>The left side is a plain name: only short names and declared indices are index variables (8.2).</summary>
        public bool IsPlain => isPlain;

        public List<TensorTerm> Tensors { get; } = [];

        public List<PlainTerm> Values { get; } = [];

        public IEnumerable<IndexVariable> Indices => _indices.Values.OrderBy(index => index.Id);

        public IndexVariable? LastLeft { get; set; }

        public IndexVariable? LeftMark { get; set; }

        /// <summary>The tensor of a left side with a virtual index, which need not exist (8.9).</summary>
        public string? VirtualName { get; set; }

        public IndexVariable? Find(string name) => _indices.GetValueOrDefault(name);

        public IndexVariable Add(string name, ExpressionNode? size)
        {
            if (_indices.TryGetValue(name, out IndexVariable? known)) return known;
            return _indices[name] = new IndexVariable(_indices.Count, name, size);
        }
    }

    /// <summary>True while expressions without indices inside an equation are bound: there a product needs no star.</summary>
    private bool _inEquation;

    private bool IsRelationHere(string name) => Lookup(name) is null && KnowsRelation(name);

    private bool IsIndexName(string name, bool isPlain) => Lookup(name) switch
    {
        IndexSymbol => true,
        null => !isPlain || Syntax.Tokens.IsShortName(name),
        _ => false,
    };

    /// <summary>True if an index variable occurs (8.1).</summary>
    private bool IsEquation(Expression? left, Expression right)
    {
        bool isPlain = left is null or NameExpression;
        return left is not null && HasIndexVariable(left, isPlain) || HasIndexVariable(right, isPlain);
    }

    private bool HasIndexVariable(Expression expression, bool isPlain) => IndexNames(expression, isPlain).Any();

    /// <summary>Names that are index variables: in subscripts, as arguments of relations, and declared ones anywhere.</summary>
    private IEnumerable<NameExpression> IndexNames(Expression expression, bool isPlain)
    {
        foreach (Expression part in Trees.All(expression))
            switch (part)
            {
                case NameExpression name when Lookup(name.Name) is IndexSymbol: yield return name; break;
                case IndexExpression index:
                    foreach (Subscript subscript in index.Subscripts)
                        if (subscript.Value is { } value and not ParenthesizedExpression)
                            foreach (NameExpression name in SubscriptNames(value))
                                if (IsIndexName(name.Name, isPlain)) yield return name;
                    break;
                case CallExpression { Callee: NameExpression relation } call when IsRelationHere(relation.Name) && !Library.Instance.TryGet(relation.Name, out _):
                    foreach (Argument argument in call.Arguments)
                        if (argument.Value is not ParenthesizedExpression)
                            foreach (NameExpression name in SubscriptNames(argument.Value))
                                if (IsIndexName(name.Name, isPlain: true)) yield return name;
                    break;
            }
    }

    /// <summary>The names that stand in a subscript itself; tensors in it have subscripts of their own.</summary>
    private static IEnumerable<NameExpression> SubscriptNames(Expression expression)
    {
        switch (expression)
        {
            case NameExpression name: yield return name; break;
            case IndexExpression or CallExpression or MemberExpression or FunctionExpression: break;
            default:
                foreach (Expression child in Trees.Children(expression))
                    foreach (NameExpression name in SubscriptNames(child)) yield return name;
                break;
        }
    }

    private EquationStatementNode BindScalarEquation(DeclarationStatement declaration, EquationBlocks blocks)
    {
        EquationScope scope = new(isPlain: true);
        Equation equation = BindRight(scope, declaration.Value!, [], declaration.NameSpan, null, Aggregation.Set);
        (EquationBlock block, bool isFirst) = blocks.Join();
        VariableTarget target = Declare(declaration.Name);
        return new EquationStatementNode(declaration.Span, equation, Aggregation.Set, null, target, block, isFirst);
    }

    private EquationStatementNode BindEquation(AssignmentStatement assignment, EquationBlocks blocks)
    {
        Aggregation aggregation = assignment.Operator switch
        {
            AssignmentOperator.Set => Aggregation.Set,
            AssignmentOperator.Add => Aggregation.Add,
            AssignmentOperator.Max => Aggregation.Max,
            AssignmentOperator.Min => Aggregation.Min,
            AssignmentOperator.Mean => Aggregation.Mean,
            AssignmentOperator.Product => Aggregation.Product,
            _ => throw Fault(assignment.OperatorSpan, Messages.OperatorInEquation(assignment.OperatorText)),
        };
        NameExpression name = assignment.Left switch
        {
            NameExpression plain => plain,
            IndexExpression { Target: NameExpression indexed } => indexed,
            var other => throw Fault(other.Span, Messages.FormCannotStand()),
        };
        EquationScope scope = new(assignment.Left is NameExpression);
        IReadOnlyList<Subscript> subscripts = (assignment.Left as IndexExpression)?.Subscripts ?? [];
        EquationSubscript[] left = BindLeft(scope, assignment.Left, subscripts);
        if (left.Any(subscript => subscript is VirtualSubscript)) scope.VirtualName = name.Name;
        Symbol? before = Lookup(name.Name);
        Equation equation = BindRight(scope, assignment.Right, left, assignment.OperatorSpan, before is null or IndexSymbol ? null : name.Name, aggregation);
        (EquationBlock block, bool isFirst) = blocks.Join();
        ExpressionNode? current = before is null or IndexSymbol ? null : Read(name.Span, before);
        return new EquationStatementNode(assignment.Span, equation, aggregation, current, Assignable(name.Name), block, isFirst);
    }

    private FactEquationNode BindFactEquation(FactEquationStatement statement)
    {
        EquationScope scope = new(isPlain: false);
        List<EquationSubscript> left = [];
        foreach (Term term in statement.Head.Terms)
            switch (term)
            {
                case VariableTerm { Name: { } name } when Lookup(name) is null or IndexSymbol: left.Add(new BareSubscript(term.Span, IndexOf(scope, new NameExpression(term.Span, name)))); break;
                case VariableTerm { Name: { } name }: left.Add(new PointSubscript(term.Span, BindName(new NameExpression(term.Span, name)))); break;
                case VariableTerm or AggregateTerm: throw Fault(term.Span, Messages.FormCannotStand());
                default: left.Add(new PointSubscript(term.Span, BindConstant(term).Constant!)); break;
            }
        scope.LastLeft = left.OfType<BareSubscript>().LastOrDefault()?.Index;
        return new FactEquationNode(statement.Head.Span, BindRight(scope, statement.Right, [.. left], statement.OperatorSpan, null, Aggregation.Set), statement.Head.Relation);
    }

    private EquationSubscript[] BindLeft(EquationScope scope, Expression left, IReadOnlyList<Subscript> subscripts)
    {
        Subscript? mark = null;
        foreach (Subscript subscript in subscripts)
            if (subscript.Mark is { } span)
            {
                if (mark is not null) throw Fault(span, Messages.OnlyOneMark());
                mark = subscript;
            }
        foreach (NameExpression name in IndexNames(left, scope.IsPlain)) IndexOf(scope, name);
        EquationSubscript[] bound = [.. subscripts.Select(subscript => BindSubscript(scope, subscript))];
        scope.LastLeft = bound.OfType<BareSubscript>().LastOrDefault()?.Index;
        if (mark?.Value is NameExpression marked) scope.LeftMark = scope.Find(marked.Name);
        if (bound.OfType<VirtualSubscript>().FirstOrDefault(subscript => !subscript.IsNext) is { } wrong) throw Fault(wrong.Span, Messages.VirtualForm());
        return bound;
    }

    private IndexVariable IndexOf(EquationScope scope, NameExpression name)
    {
        if (scope.Find(name.Name) is { } known) return known;
        ExpressionNode? size = Lookup(name.Name) is IndexSymbol { Size: { } variable } ? Read(name.Span, variable) : null;
        return scope.Add(name.Name, size);
    }

    private Equation BindRight(EquationScope scope, Expression right, EquationSubscript[] left, SourceSpan operatorSpan, string? ownName, Aggregation aggregation)
    {
        foreach (NameExpression name in IndexNames(right, scope.IsPlain)) IndexOf(scope, name);
        bool outer = _inEquation;
        _inEquation = true;
        EquationTerm root;
        try
        {
            root = BindTerms(scope, right);
        }
        finally
        {
            _inEquation = outer;
        }
        HashSet<IndexVariable> onLeft = [.. left.SelectMany(subscript => subscript.Indices)];
        IndexVariable? virtualIndex = left.OfType<VirtualSubscript>().FirstOrDefault()?.Index;
        if (virtualIndex is not null) onLeft.Add(virtualIndex);
        if (aggregation is Aggregation.Set or Aggregation.Add)
            foreach (IndexVariable index in scope.Indices)
                if (!onLeft.Contains(index))
                    foreach (SumTerm term in TopTerms(root)) term.Place(index);
        (IndexVariable, bool)[] recurrences = virtualIndex is null && ownName is not null ? Recurrences(scope, left, ownName, operatorSpan) : [];
        if (virtualIndex is not null)
            foreach (TensorTerm term in scope.Tensors)
                if (term.AllSubscripts.Any(subscript => subscript is VirtualSubscript)) term.IsOwn = true;
        return new Equation
        {
            Indices = [.. scope.Indices],
            Tensors = [.. scope.Tensors],
            Values = [.. scope.Values],
            Right = root,
            Left = left,
            OperatorSpan = operatorSpan,
            IsComparison = IsUnsummedComparison(root),
            Recurrences = recurrences,
            Virtual = virtualIndex,
        };
    }

    private static IEnumerable<SumTerm> TopTerms(EquationTerm root) => root is SumTerm term ? [term] : root.Children.SelectMany(TopTerms);

    private static bool IsUnsummedComparison(EquationTerm root) => root switch
    {
        SumTerm { IsSummed: false } term => IsUnsummedComparison(term.Body),
        OperatorTerm { IsTruth: true } or NotTerm => true,
        _ => false,
    };

    /// <summary>Indices by which the right side reads the left tensor at another place (8.9).</summary>
    private (IndexVariable, bool)[] Recurrences(EquationScope scope, EquationSubscript[] left, string name, SourceSpan operatorSpan)
    {
        EquationSubscript[] axes = Array.FindAll(left, subscript => subscript is not VirtualSubscript);
        TensorTerm[] own = [.. scope.Tensors.Where(term => term.Name == name && term.Relation is null && !term.IsIndex && term.Subscripts.Length == axes.Length)];
        List<(IndexVariable Index, bool Increases)> found = [];
        for (int axis = 0; axis < axes.Length; axis++)
        {
            if (Shifted(axes[axis]) is not { } written) continue;
            foreach (TensorTerm term in own)
            {
                if (Shifted(term.Subscripts[axis]) is not { } read || read.Index != written.Index || read.Offset == written.Offset) continue;
                bool increases = read.Offset < written.Offset;
                int known = found.FindIndex(other => other.Index == written.Index);
                if (known < 0) found.Add((written.Index, increases));
                else if (found[known].Increases != increases) throw Fault(operatorSpan, Messages.RunsBothWays(written.Index.Name));
            }
        }
        if (found.Count > 0)
            foreach (TensorTerm term in own) term.IsOwn = true;
        return [.. found];
    }

    private static (IndexVariable Index, long Offset)? Shifted(EquationSubscript subscript) => subscript switch
    {
        BareSubscript bare => (bare.Index, 0),
        ExpressionSubscript expression => expression.Expression.Shifted,
        _ => null,
    };

    // Subscripts.

    private EquationSubscript BindSubscript(EquationScope scope, Subscript subscript)
    {
        if (subscript.IsSlice) throw Fault(subscript.Span, Messages.SliceInEquation());
        Expression value = subscript.Value!;
        if (subscript.IsVirtual)
        {
            switch (value)
            {
                case NameExpression name when scope.Find(name.Name) is { } index: return new VirtualSubscript(subscript.Span, index, isNext: false);
                case BinaryExpression { Operator: BinaryOperator.Add, Left: NameExpression name, Right: LiteralExpression { Value: { IsInt: true } one } } when one.AsInt() == 1 && scope.Find(name.Name) is { } index:
                    return new VirtualSubscript(subscript.Span, index, isNext: true);
                default: throw Fault(subscript.Span, Messages.VirtualForm());
            }
        }
        return BindSubscript(scope, subscript.Span, value);
    }

    private EquationSubscript BindSubscript(EquationScope scope, SourceSpan span, Expression value)
    {
        if (value is NameExpression name && IndexAt(scope, name) is { } bare) return new BareSubscript(name.Span, bare);
        if (value is not ParenthesizedExpression && HasIndex(scope, value)) return new ExpressionSubscript(span, BindIndexExpression(scope, value));
        return new PointSubscript(span, BindExpression(value));
    }

    /// <summary>The index variable that a name is here; null for a value.</summary>
    private IndexVariable? IndexAt(EquationScope scope, NameExpression name) => Lookup(name.Name) is null or IndexSymbol ? scope.Find(name.Name) : null;

    /// <summary>True for an expression with an index variable in it, or a relation, which only an equation can read.</summary>
    private bool HasIndex(EquationScope scope, Expression expression)
    {
        foreach (Expression part in Trees.All(expression))
            switch (part)
            {
                case NameExpression name when IndexAt(scope, name) is not null: return true;
                case CallExpression { Callee: NameExpression relation } when IsRelationHere(relation.Name) && !Library.Instance.TryGet(relation.Name, out _): return true;
                case IndexExpression { Target: NameExpression relation } when IsRelationHere(relation.Name): return true;
            }
        return false;
    }

    private IndexExpressionNode BindIndexExpression(EquationScope scope, Expression expression)
    {
        switch (expression)
        {
            case NameExpression name when IndexAt(scope, name) is { } index: return new IndexVariableNode(name.Span, index);
            case ParenthesizedExpression parenthesized when HasIndex(scope, parenthesized): return BindIndexExpression(scope, parenthesized.Inner);
            case UnaryExpression { Operator: UnaryOperator.Negate } negate when HasIndex(scope, negate):
                return new IndexOperatorNode(negate.Span, BinaryOperator.Subtract, new IndexConstantNode(negate.Span, new ConstantNode(negate.Span, 0)), BindIndexExpression(scope, negate.Operand));
            case BinaryExpression { Operator: BinaryOperator.Add or BinaryOperator.Subtract or BinaryOperator.Multiply or BinaryOperator.Divide or BinaryOperator.Remainder } binary when HasIndex(scope, binary):
                return new IndexOperatorNode(binary.Span, binary.Operator, BindIndexExpression(scope, binary.Left), BindIndexExpression(scope, binary.Right));
            case IndexExpression index when HasIndex(scope, index):
                TensorTerm tensor = BindTensor(scope, index);
                tensor.IsIndex = true;
                return new IndexTensorNode(index.Target.Span, tensor);
        }
        if (HasIndex(scope, expression)) throw Fault(expression.Span, Messages.FormCannotStand());
        return new IndexConstantNode(expression.Span, BindExpression(expression));
    }

    // Terms.

    /// <summary>A sum of terms: where sums over indices may stand.</summary>
    private EquationTerm BindTerms(EquationScope scope, Expression expression) =>
        expression is BinaryExpression { Operator: BinaryOperator.Add or BinaryOperator.Subtract } sum
            ? new OperatorTerm(sum.Span, sum.Operator, BindTerms(scope, sum.Left), BindTerms(scope, sum.Right))
            : new SumTerm(BindFactor(scope, expression));

    private EquationTerm BindFactor(EquationScope scope, Expression expression)
    {
        if (!HasIndex(scope, expression))
        {
            PlainTerm value = new(expression.Span, BindExpression(expression), scope.Values.Count);
            scope.Values.Add(value);
            return value;
        }
        switch (expression)
        {
            case NameExpression name: return new IndexNumberTerm(name.Span, IndexAt(scope, name)!);
            case ParenthesizedExpression parenthesized: return BindTerms(scope, parenthesized.Inner);
            case UnaryExpression { Operator: UnaryOperator.Negate } negate: return new NegatedTerm(negate.Span, BindFactor(scope, negate.Operand));
            case UnaryExpression not: return new NotTerm(not.Span, BindFactor(scope, not.Operand));
            case BinaryExpression { Operator: BinaryOperator.MatMul or BinaryOperator.In or BinaryOperator.Range } other: throw Fault(other.Span, Messages.FormCannotStand());
            case BinaryExpression binary:
                OperatorTerm term = new(binary.Span, binary.Operator, BindFactor(scope, binary.Left), BindFactor(scope, binary.Right));
                if (term.IsComparison) Compare(term);
                return term;
            case IndexExpression index: return BindTensor(scope, index);
            case CallExpression call: return BindCallTerm(scope, call);
            default: throw Fault(expression.Span, Messages.FormCannotStand());
        }
    }

    private static void Compare(EquationTerm term)
    {
        foreach (EquationTerm child in term.Children)
        {
            if (child is TensorTerm tensor) tensor.IsCompared = true;
            Compare(child);
        }
    }

    private TensorTerm BindTensor(EquationScope scope, IndexExpression index)
    {
        // X[i][j] is X[i, j].
        List<Subscript> subscripts = [.. index.Subscripts];
        Expression target = index.Target;
        while (target is IndexExpression inner && HasIndex(scope, inner))
        {
            subscripts.InsertRange(0, inner.Subscripts);
            target = inner.Target;
        }
        if (HasIndex(scope, target) && target is not NameExpression) throw Fault(target.Span, Messages.FormCannotStand());
        EquationSubscript[] bound = [.. subscripts.Select(subscript => BindSubscript(scope, subscript))];
        string? relation = target is NameExpression { Name: var name } && IsRelationHere(name) ? name : null;
        string called = target switch
        {
            NameExpression named => named.Name,
            MemberExpression member => member.Name,
            _ => "tensor",
        };
        if (called == scope.VirtualName && Lookup(called) is null) return AddTensor(scope, target.Span, called, new ConstantNode(target.Span, Value.None), bound, null);
        return AddTensor(scope, target.Span, called, relation is null ? BindExpression(target) : new RelationReferenceNode(target.Span, relation), bound, relation);
    }

    private static TensorTerm AddTensor(EquationScope scope, SourceSpan span, string name, ExpressionNode target, EquationSubscript[] subscripts, string? relation)
    {
        TensorTerm term = new(span, name, target, subscripts, scope.Tensors.Count, relation);
        scope.Tensors.Add(term);
        return term;
    }

    // R(x, y): longer unbound names are entities.
    private TensorTerm BindRelationTerm(EquationScope scope, CallExpression call, string relation)
    {
        EquationSubscript[] subscripts = [.. call.Arguments.Select(argument =>
            argument.Value is NameExpression name && IndexAt(scope, name) is null && Lookup(name.Name) is null
                ? new PointSubscript(name.Span, new ConstantNode(name.Span, name.Name))
                : BindSubscript(scope, argument.Span, argument.Value))];
        return AddTensor(scope, call.Span, relation, new RelationReferenceNode(call.Span, relation), subscripts, relation);
    }

    private EquationTerm BindCallTerm(EquationScope scope, CallExpression call)
    {
        CheckArguments(call.Arguments);
        switch (call.Callee)
        {
            case NameExpression { Name: var name } when Lookup(name) is null && Library.Instance.Function(name) is LibraryFunction library:
                return BindLibraryTerm(scope, call.Span, library, call.Arguments);
            case NameExpression { Name: var name } when IsRelationHere(name): return BindRelationTerm(scope, call, name);
            case MemberExpression member when HasIndex(scope, member.Target):
                // X[i].relu() is relu(X[i]).
                Argument[] arguments = [new Argument(member.Target.Span, null, member.Target), .. call.Arguments];
                if (Lookup(member.Name) is { } symbol and not IndexSymbol) return new FunctionTerm(member.Span, Read(member.Span, symbol), BindTermArguments(scope, arguments));
                return Library.Instance.Function(member.Name) is LibraryFunction method
                    ? BindLibraryTerm(scope, member.Span, method, arguments)
                    : throw UnknownName(member.Span, member.Name);
            default: return new FunctionTerm(call.Span, BindExpression(call.Callee), BindTermArguments(scope, call.Arguments));
        }
    }

    private EquationTerm BindLibraryTerm(EquationScope scope, SourceSpan span, LibraryFunction function, IReadOnlyList<Argument> arguments) => function.Use switch
    {
        EquationUse.Elementwise => new FunctionTerm(span, new ConstantNode(span, Value.Of(function)), BindTermArguments(scope, arguments)),
        EquationUse.Normalizing => BindNormalized(scope, span, function, arguments),
        _ => throw Fault(span, Messages.CannotBeAppliedIndexed(function.Name)),
    };

    private TermArgument[] BindTermArguments(EquationScope scope, IEnumerable<Argument> arguments) =>
        [.. arguments.Select(argument => HasIndex(scope, argument.Value) ? new TermArgument(argument.Name, BindTerms(scope, argument.Value), null) : new TermArgument(argument.Name, null, BindExpression(argument.Value)))];

    private NormalizedTerm BindNormalized(EquationScope scope, SourceSpan span, LibraryFunction function, IReadOnlyList<Argument> arguments)
    {
        if (arguments.Count == 0 || arguments[0].Name is not null) throw Fault(span, Messages.NeedsArgument(function.Name, "x"));
        IndexVariable? inside = null;
        foreach (Subscript subscript in Trees.All(arguments[0].Value).OfType<IndexExpression>().SelectMany(index => index.Subscripts))
        {
            if (subscript is not { Mark: { } mark, Value: NameExpression name } || IndexAt(scope, name) is not { } marked) continue;
            if (inside is not null && inside != marked) throw Fault(mark, Messages.OnlyOneMark());
            inside = marked;
        }
        IndexVariable along = inside ?? scope.LeftMark ?? scope.LastLeft ?? throw Fault(span, Messages.NeedsMarkedIndex(function.Name));
        return new NormalizedTerm(span, new LibraryFunctionReference(function.Name, function), BindTerms(scope, arguments[0].Value), along, inside is not null, BindTermArguments(scope, arguments.Skip(1)));
    }
}
