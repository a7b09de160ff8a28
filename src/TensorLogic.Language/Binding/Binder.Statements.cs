using TensorLogic.Language.Diagnostics;
using TensorLogic.Language.Evaluation;
using TensorLogic.Language.Syntax;
using TensorLogic.Language.Values;

namespace TensorLogic.Language.Binding;

/// <summary>Statements.</summary>
internal sealed partial class Binder
{
    private BlockNode BindBlock(Block block) => InBlock(scope =>
    {
        List<(VariableTarget, FunctionCode)> functions = HoistFunctions(block.Statements);
        List<StatementNode> statements = BindStatements(block.Statements);
        return new BlockNode(block.Span, [.. statements], [.. scope.Locals], [.. functions]);
    });

    private List<StatementNode> BindStatements(IReadOnlyList<Statement> statements)
    {
        List<StatementNode> nodes = [];
        EquationBlocks blocks = new(this);
        foreach (Statement statement in statements)
        {
            if (_problems.IsFull) break;
            Try(() => nodes.Add(BindStatement(statement, blocks)));
        }
        return nodes;
    }

    private StatementNode BindStatement(Statement statement, EquationBlocks blocks)
    {
        blocks.Before(statement);
        switch (statement)
        {
            case ExpressionStatement expression: return new ExpressionStatementNode(BindExpression(expression.Value));
            case AssignmentStatement assignment: return BindAssignment(assignment, blocks);
            case DeclarationStatement declaration: return BindDeclaration(declaration, blocks);
            case FunctionStatement function:
                if (_nested.Remove(function, out FunctionCode? code)) BindFunctionBody(function.Function, code);
                return new NothingNode(function.Span);
            case Block block: return BindBlock(block);
            case MainStatement main: return BindBlock(main.Body);
            case IfStatement conditional: return BindIf(conditional);
            case WhileStatement loop:
                ExpressionNode? condition = BindOptional(loop.Condition);
                return new WhileNode(loop.Span, condition, InLoop(() => BindBlock(loop.Body)));
            case ForStatement loop: return BindFor(loop);
            case BreakStatement or ContinueStatement:
                bool isBreak = statement is BreakStatement;
                if (_function.LoopDepth == 0) throw Fault(statement.Span, Messages.OutsideLoop(isBreak ? "break" : "continue"));
                return new JumpNode(statement.Span, isBreak ? Flow.Break : Flow.Continue);
            case ReturnStatement result:
                if (_function.IsScript) throw Fault(result.Span, Messages.ReturnOutsideFunction());
                return new ReturnNode(result.Span, BindOptional(result.Value));
            case AssertStatement assertion: return new AssertNode(assertion.Span, BindExpression(assertion.Condition), BindOptional(assertion.Message));
            case ImportStatement import: return BindImport(import);
            case TestStatement test: return InBlock(_ => (StatementNode)new NothingNode(test.Span));
            case ShowStatement show: return new ShowNode(show.Span, BindExpression(show.Value), show.Text);
            case IndexStatement index: return BindIndex(index);
            default: return BindLogic(statement);
        }
    }

    private T InLoop<T>(Func<T> bind)
    {
        _function.LoopDepth++;
        try
        {
            return bind();
        }
        finally
        {
            _function.LoopDepth--;
        }
    }

    private IfNode BindIf(IfStatement statement) => new(statement.Span, BindExpression(statement.Condition), BindBlock(statement.Then), statement.Else switch
    {
        null => null,
        IfStatement other => BindIf(other),
        var block => BindBlock((Block)block),
    });

    private ForNode BindFor(ForStatement loop)
    {
        ExpressionNode subject = BindExpression(loop.Subject);
        return InBlock(_ =>
        {
            LocalSymbol first = DeclareLocal(loop.Name);
            LocalSymbol? second = loop.Second is null ? null : DeclareLocal(loop.Second);
            return new ForNode(loop.Span, subject, first, second, InLoop(() => BindBlock(loop.Body)));
        });
    }

    private ImportNode BindImport(ImportStatement import)
    {
        ScriptCode module = _context.Import(_source, import, Fault, report: true);
        _code.Relations.UnionWith(module.Relations);
        _code.EntityTypes.UnionWith(module.EntityTypes);
        foreach ((Logic.RuleDependency rule, _) in module.Rules) _code.Rules.Add((rule, import.PathSpan));
        if (import.Alias is { } alias) return new ImportNode(import.Span, module, alias, Declare(alias), []);
        return new ImportNode(import.Span, module, Path.GetFileNameWithoutExtension(import.Path), null, [.. module.Exports.Select(name => (name, Declare(name)))]);
    }

    private StatementNode BindDeclaration(DeclarationStatement declaration, EquationBlocks blocks)
    {
        TypeNode? type = null;
        if (declaration.Type is { } syntax)
        {
            (DeclaredType bound, (int, ExpressionNode)[] names) = BindType(syntax, symbolic: false);
            type = new TypeNode(bound, names);
        }
        if (declaration.Value is { } value && type is null && declaration.Kind == DeclarationKind.Let && IsEquation(null, value))
            return BindScalarEquation(declaration, blocks);
        blocks.End();
        ExpressionNode? right = BindOptional(declaration.Value);
        VariableTarget target = Declare(declaration.Name, withType: type is not null);
        return new DeclareNode(declaration.Span, declaration.NameSpan, declaration.Kind, target, type, right, declaration.Value is CallExpression);
    }

    private StatementNode BindAssignment(AssignmentStatement assignment, EquationBlocks blocks)
    {
        if (assignment.Operator >= AssignmentOperator.Max || assignment.Left is IndexExpression { Subscripts.Count: 0 } || IsEquation(assignment.Left, assignment.Right))
            return BindEquation(assignment, blocks);
        blocks.End();
        BinaryOperator? op = assignment.Operator switch
        {
            AssignmentOperator.Add => BinaryOperator.Add,
            AssignmentOperator.Subtract => BinaryOperator.Subtract,
            AssignmentOperator.Multiply => BinaryOperator.Multiply,
            AssignmentOperator.Divide => BinaryOperator.Divide,
            _ => null,
        };
        if (assignment.Left is NameExpression name)
        {
            ExpressionNode? current = op is null ? null : BindName(name);
            ExpressionNode value = BindExpression(assignment.Right);
            VariableTarget target = Assignable(name.Name);
            return op is { } combine
                ? new CombineNode(assignment.Span, assignment.OperatorSpan, combine, current!, target, value)
                : new AssignNode(assignment.Span, assignment.OperatorSpan, target, value, assignment.Right is CallExpression);
        }
        List<PathStep> path = [];
        Expression left = assignment.Left;
        while (left is not NameExpression)
        {
            switch (left)
            {
                case IndexExpression index:
                    path.Add(new ElementStep(index.Span, BindSubscripts(index)));
                    left = index.Target;
                    break;
                case MemberExpression member:
                    path.Add(new FieldStep(member.Span, member.Name));
                    left = member.Target;
                    break;
                default: throw Fault(left.Span, Messages.NotAssignable());
            }
        }
        path.Reverse();
        NameExpression root = (NameExpression)left;
        ExpressionNode start = BindName(root), right = BindExpression(assignment.Right);
        return new AssignPathNode(assignment.Span, assignment.OperatorSpan, op, start, [.. path], Assignable(root.Name), right);
    }

    private StatementNode BindIndex(IndexStatement statement)
    {
        List<StatementNode> sizes = [];
        foreach ((SourceSpan span, string name, Expression? size) in statement.Indices)
        {
            Symbol? variable = null;
            if (size is not null)
            {
                ExpressionNode value = BindExpression(size);
                // The size is kept in a variable that no script can name.
                string hidden = $"index {name} {_block.Names.Count}";
                VariableTarget target = Declare(hidden);
                variable = _block.Names[hidden];
                sizes.Add(new IndexSizeNode(span, target, value));
            }
            _block.Names[name] = new IndexSymbol(name, variable);
        }
        return sizes.Count == 1 ? sizes[0] : new BlockNode(statement.Span, [.. sizes], [], []);
    }
}
