using TensorLogic.Language.Diagnostics;
using TensorLogic.Language.Evaluation;
using TensorLogic.Language.Functions;
using TensorLogic.Language.Syntax;
using TensorLogic.Language.Values;

namespace TensorLogic.Language.Binding;

/// <summary>Expressions.</summary>
internal sealed partial class Binder
{
    private static readonly HashSet<string> s_creation = new(StringComparer.Ordinal) { "tensor", "zeros", "ones", "full", "eye", "arange", "linspace", "one_hot", "rand", "randn" };

    private ExpressionNode BindExpression(Expression expression)
    {
        switch (expression)
        {
            case LiteralExpression literal: return new ConstantNode(literal.Span, literal.Value);
            case NameExpression name: return BindName(name);
            case ParenthesizedExpression parenthesized: return BindExpression(parenthesized.Inner);
            case ListExpression list: return new ListNode(list.Span, [.. list.Items.Select(BindExpression)]);
            case RecordExpression record: return new RecordNode(record.Span, [.. record.Fields.Select(field => (field.Key, BindExpression(field.Value)))]);
            case UnaryExpression { Operator: UnaryOperator.Negate } negate: return new NegateNode(negate.Span, BindExpression(negate.Operand));
            case UnaryExpression not: return new NotNode(not.Span, BindExpression(not.Operand));
            case BinaryExpression { Operator: BinaryOperator.Juxtapose } product when !_inEquation: throw Fault(product.Span, Messages.ProductNeedsStar());
            case BinaryExpression { Operator: BinaryOperator.And or BinaryOperator.Or } logical:
                return new LogicalNode(logical.Span, logical.Operator == BinaryOperator.And, BindExpression(logical.Left), BindExpression(logical.Right));
            case BinaryExpression binary: return new BinaryNode(binary.Span, binary.Operator, BindExpression(binary.Left), BindExpression(binary.Right));
            case CastExpression cast:
                if (cast.Type is not ("int" or "float" or "string" or "bool") && DeclaredType.Dtype(cast.Type) is null) throw Fault(cast.Span, Messages.UnknownType(cast.Type));
                return new CastNode(cast.Span, BindExpression(cast.Operand), cast.Type);
            case CallExpression call: return BindCall(call);
            case IndexExpression index: return new IndexNode(index.Span, BindExpression(index.Target), BindSubscripts(index));
            case MemberExpression member: return new MemberNode(member.Span, BindExpression(member.Target), member.Name);
            case QualifiedExpression qualified: return BindQualified(qualified);
            case FunctionExpression function: return BindClosure(function);
            case QueryExpression query: return new QueryNode(query.Span, BindBody(query.Body));
            case LearnExpression learn: return BindLearn(learn);
            default: throw Fault(expression.Span, Messages.Internal($"no rule for {expression.GetType().Name}"));
        }
    }

    private ExpressionNode BindName(NameExpression name)
    {
        if (Lookup(name.Name) is { } symbol) return Read(name.Span, symbol);
        if (Library.Instance.TryGet(name.Name, out Value value)) return new ConstantNode(name.Span, value);
        if (KnowsRelation(name.Name)) return new RelationReferenceNode(name.Span, name.Name);
        if (_code.EntityTypes.Contains(name.Name) || _context.Database.FindDomain(name.Name) is not null && Syntax.Tokens.IsRelationName(name.Name)) return new ConstantNode(name.Span, name.Name);
        throw UnknownName(name.Span, name.Name);
    }

    private SubscriptNode[] BindSubscripts(IndexExpression index)
    {
        List<SubscriptNode> nodes = [];
        foreach (Subscript subscript in index.Subscripts)
        {
            if (subscript.Mark is { } mark) throw Fault(mark, Messages.MarksOutsideEquation());
            if (subscript.IsVirtual) throw Fault(subscript.Span, Messages.MarksOutsideEquation());
            nodes.Add(subscript.IsSlice
                ? new SubscriptNode(true, null, BindOptional(subscript.Start), BindOptional(subscript.End), BindOptional(subscript.Step))
                : new SubscriptNode(false, BindExpression(subscript.Value!), null, null, null));
        }
        if (nodes.Count == 0) throw Fault(index.Span, Messages.ExpectedExpression("']'"));
        return [.. nodes];
    }

    private ExpressionNode? BindOptional(Expression? expression) => expression is null ? null : BindExpression(expression);

    private ArgumentNode[] BindArguments(IReadOnlyList<Argument> arguments)
    {
        CheckArguments(arguments);
        return [.. arguments.Select(argument => new ArgumentNode(argument.Name, BindExpression(argument.Value)))];
    }

    private void CheckArguments(IReadOnlyList<Argument> arguments)
    {
        HashSet<string>? names = null;
        foreach (Argument argument in arguments)
        {
            if (argument.Name is { } name && !(names ??= new(StringComparer.Ordinal)).Add(name)) throw Fault(argument.Span, Messages.ArgumentGivenTwice(name));
            if (argument.Name is null && names is not null) throw Fault(argument.Span, Messages.Expected("a named argument", "an argument by position"));
        }
    }

    private ExpressionNode BindCall(CallExpression call)
    {
        switch (call.Callee)
        {
            case NameExpression name when Syntax.Tokens.IsRelationName(name.Name) && Lookup(name.Name) is null && !Library.Instance.TryGet(name.Name, out _):
                if (KnowsRelation(name.Name)) throw Fault(name.Span, Messages.RelationCalled(name.Name));
                throw UnknownRelation(name.Span, name.Name);
            case MemberExpression member:
                ExpressionNode target = BindExpression(member.Target);
                ExpressionNode? function = Lookup(member.Name) is { } symbol and not IndexSymbol ? Read(member.Span, symbol)
                    : Library.Instance.TryGet(member.Name, out Value library) ? new ConstantNode(member.Span, library) : null;
                return new MethodCallNode(member.Span, target, member.Name, function, BindArguments(call.Arguments));
            default:
                return new CallNode(call.Span, BindExpression(call.Callee), BindArguments(call.Arguments));
        }
    }

    // f32::zeros is zeros with that dtype.
    private ConstantNode BindQualified(QualifiedExpression qualified)
    {
        if (DeclaredType.Dtype(qualified.Type) is not { } type) throw Fault(qualified.Span, Messages.UnknownType(qualified.Type));
        if (!s_creation.Contains(qualified.Name)) throw UnknownName(qualified.Span, qualified.Name);
        LibraryFunction function = (LibraryFunction)Library.Instance.Function(qualified.Name)!;
        return new ConstantNode(qualified.Span, Value.Of(new TypedCreation(function, type)));
    }

    private ClosureNode BindClosure(FunctionExpression function)
    {
        FunctionCode code = new(_code, function.Name);
        BindFunctionBody(function, code);
        return new ClosureNode(function.Span, code);
    }

    private void BindFunctionBody(FunctionExpression function, FunctionCode code)
    {
        FunctionScope outer = _function;
        BlockScope outerBlock = _block;
        _function = new FunctionScope(outer, outerBlock);
        _block = new BlockScope(null, _function);
        try
        {
            List<ParameterCode> parameters = [];
            foreach (ParameterSyntax parameter in function.Parameters)
            {
                ExpressionNode? value = BindOptional(parameter.Default);
                LocalSymbol symbol = DeclareLocal(parameter.Name);
                parameters.Add(new ParameterCode(parameter.Name, parameter.Type is null ? null : BindType(parameter.Type, symbolic: true).Type, value, symbol));
            }
            code.Parameters = [.. parameters];
            code.Result = function.Result is null ? null : BindType(function.Result, symbolic: true).Type;
            if (function.Value is not null) code.Value = BindExpression(function.Value);
            else code.Body = BindBlock(function.Block!);
            code.LocalCount = _function.LocalCount;
            code.Captures = [.. _function.Captures.Select(capture => capture.Source)];
        }
        finally
        {
            (_function, _block) = (outer, outerBlock);
        }
    }

    /// <summary>A declared type. In signatures names of dimensions are symbols, elsewhere int variables (3.8).</summary>
    private (DeclaredType Type, (int, ExpressionNode)[] Names) BindType(TypeSyntax syntax, bool symbolic)
    {
        if (!DeclaredType.IsType(syntax.Name, syntax.Dimensions is not null)
            && !(syntax.Dimensions is null && (_code.EntityTypes.Contains(syntax.Name) || _context.Database.FindDomain(syntax.Name) is not null)))
            throw Fault(syntax.Span, Messages.UnknownType(syntax.Name));
        List<(int, ExpressionNode)> names = [];
        DeclaredSize[]? sizes = null;
        if (syntax.Dimensions is { } dimensions)
        {
            sizes = new DeclaredSize[dimensions.Count];
            for (int axis = 0; axis < sizes.Length; axis++)
            {
                Syntax.Dimension dimension = dimensions[axis];
                sizes[axis] = new(dimension.Size, symbolic ? dimension.Name : null);
                if (!symbolic && dimension.Name is { } name) names.Add((axis, BindName(new NameExpression(dimension.Span, name))));
            }
            if (sizes.Length > Shape.MaxRank) throw Fault(syntax.Span, Messages.UnknownType(syntax.Name));
        }
        string typeName = DeclaredType.IsType(syntax.Name, sizes is not null) ? syntax.Name : "entity";
        return (new DeclaredType(typeName, DeclaredType.Dtype(syntax.Name), sizes), [.. names]);
    }

    private LearnNode BindLearn(LearnExpression learn)
    {
        string[] known = ["objective", "optimizer", "epochs", "scheduler", "params"];
        HashSet<string> given = new(StringComparer.Ordinal);
        foreach ((SourceSpan span, string name, _) in learn.Settings)
        {
            if (!known.Contains(name)) throw Fault(span, Messages.UnknownSetting(name));
            if (!given.Add(name)) throw Fault(span, Messages.SettingTwice(name));
        }
        foreach (string required in known[..3])
            if (!given.Contains(required)) throw Fault(learn.Span, Messages.MissingSetting(required));
        return InBlock(_ =>
        {
            LocalSymbol epoch = DeclareLocal("epoch"), epochs = DeclareLocal("epochs");
            return InBlock(scope =>
            {
                List<(VariableTarget, FunctionCode)> functions = HoistFunctions(learn.Body.Statements);
                List<StatementNode> statements = BindStatements(learn.Body.Statements);
                Setting? Of(string name)
                {
                    foreach ((SourceSpan span, string setting, Expression value) in learn.Settings)
                        if (setting == name) return new Setting(span, BindExpression(value));
                    return null;
                }

                LearnSettings settings = new(Of("objective")!, Of("optimizer")!, Of("epochs")!, Of("scheduler"), Of("params"));
                BlockNode body = new(learn.Body.Span, [.. statements], [.. scope.Locals], [.. functions]);
                return new LearnNode(learn.Span, epoch, epochs, body, settings);
            });
        });
    }
}
