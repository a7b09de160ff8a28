using TensorLogic.Language.Diagnostics;
using TensorLogic.Language.Evaluation;
using TensorLogic.Language.Functions;
using TensorLogic.Language.Logic;
using TensorLogic.Language.Syntax;
using TensorLogic.Language.Values;

namespace TensorLogic.Language.Binding;

/// <summary>Resolves names and turns the tree of a file into nodes that run. Reports TL2xxx and what else is known before the run.</summary>
internal sealed partial class Binder
{
    private readonly CompileContext _context;
    private readonly SourceText _source;
    private readonly ScriptCode _code;
    private readonly DiagnosticBag _problems;
    private readonly List<string> _globalNames = [];
    private readonly List<bool> _isOfEngine = [];
    private readonly Dictionary<string, GlobalSymbol> _globals = new(StringComparer.Ordinal);

    /// <summary>Variables that some statement of the script level sets, anywhere.</summary>
    private readonly HashSet<string> _setSomewhere = new(StringComparer.Ordinal);

    /// <summary>Bodies of script-level functions, which see all script-level names.</summary>
    private readonly Queue<Action> _later = new();

    private FunctionScope _function;
    private BlockScope _block;

    private Binder(CompileContext context, SourceText source, DiagnosticBag problems, bool isModule)
    {
        (_context, _source, _problems) = (context, source, problems);
        _code = new ScriptCode(source, isModule);
        _function = new FunctionScope(null, null);
        _block = new BlockScope(null, _function);
    }

    /// <summary>Binds a file.</summary>
    /// <param name="context">What the engine knows.</param>
    /// <param name="source">The text.</param>
    /// <param name="tree">Its statements.</param>
    /// <param name="problems">Takes the errors.</param>
    /// <param name="isModule">Imported.</param>
    public static ScriptCode Bind(CompileContext context, SourceText source, Block tree, DiagnosticBag problems, bool isModule)
    {
        Binder binder = new(context, source, problems, isModule);
        binder.BindFile(tree);
        return binder._code;
    }

    /// <summary>Binds the literals of a query.</summary>
    public static (ScriptCode Code, BodyNode Body) BindQuery(CompileContext context, SourceText source, IReadOnlyList<Literal> literals, DiagnosticBag problems)
    {
        Binder binder = new(context, source, problems, isModule: false);
        BodyNode body = binder.BindBody(literals);
        binder._code.GlobalNames = [.. binder._globalNames];
        binder._code.IsOfEngine = [.. binder._isOfEngine];
        binder._code.Main = new FunctionCode(binder._code, null) { LocalCount = binder._function.LocalCount };
        return (binder._code, body);
    }

    private void BindFile(Block tree)
    {
        CollectScriptNames(tree.Statements);
        CollectRelations(tree.Statements);
        List<StatementNode> statements = [];
        List<(VariableTarget, FunctionCode)> functions = HoistFunctions(tree.Statements);
        EquationBlocks blocks = new(this);
        foreach (Statement statement in tree.Statements)
        {
            if (_problems.IsFull) break;
            if (statement is TestStatement test)
            {
                if (!_code.IsModule) _later.Enqueue(() => BindTest(test));
                continue;
            }
            if (statement is MainStatement && _code.IsModule) continue;
            Try(() => statements.Add(BindStatement(statement, blocks)));
        }
        while (_later.TryDequeue(out Action? bind)) Try(bind);
        CheckStrata();
        _code.EndsInExpression = tree.Statements is [.., ExpressionStatement];
        _code.GlobalNames = [.. _globalNames];
        _code.IsOfEngine = [.. _isOfEngine];
        _code.Exports = [.. _globalNames.Where(name => _setSomewhere.Contains(name))];
        _code.Main = new FunctionCode(_code, null) { Body = new BlockNode(tree.Span, [.. statements], [.. _block.Locals], [.. functions]), LocalCount = _function.LocalCount };
    }

    private void BindTest(TestStatement test)
    {
        FunctionScope outer = _function;
        BlockScope outerBlock = _block;
        _function = new FunctionScope(null, null);
        _block = new BlockScope(outerBlock, _function);
        try
        {
            StatementNode body = BindBlock(test.Body);
            _code.Tests.Add(new TestCode(test.Name, new FunctionCode(_code, null) { Body = body, LocalCount = _function.LocalCount }));
        }
        finally
        {
            (_function, _block) = (outer, outerBlock);
        }
    }

    private void Try(Action bind)
    {
        try
        {
            bind();
        }
        catch (ScriptFault problem)
        {
            _problems.Add(problem);
        }
    }

    private ScriptFault Fault(SourceSpan span, Message message) => new(message) { Source = _source, Span = span };

    /// <summary>The variables that statements of the script level set: functions see them all, and errors say that a value comes later.</summary>
    private void CollectScriptNames(IReadOnlyList<Statement> statements)
    {
        foreach (Statement statement in statements)
            switch (statement)
            {
                case DeclarationStatement declaration: _setSomewhere.Add(declaration.Name); break;
                case FunctionStatement function: _setSomewhere.Add(function.Function.Name!); break;
                case EmbeddingStatement embedding: _setSomewhere.Add(embedding.Name); break;
                case AssignmentStatement { Left: NameExpression name }: _setSomewhere.Add(name.Name); break;
                case AssignmentStatement { Left: IndexExpression { Target: NameExpression name } }: _setSomewhere.Add(name.Name); break;
                case ImportStatement { Alias: { } alias }: _setSomewhere.Add(alias); break;
                case ImportStatement import:
                    if (TryImport(import) is { } module) _setSomewhere.UnionWith(module.Exports);
                    break;
            }
    }

    // Errors of an import are told where it is bound.
    private ScriptCode? TryImport(ImportStatement import)
    {
        try
        {
            return _context.Import(_source, import, Fault, report: false);
        }
        catch (ScriptFault)
        {
            return null;
        }
    }

    private List<(VariableTarget, FunctionCode)> HoistFunctions(IReadOnlyList<Statement> statements)
    {
        List<(VariableTarget, FunctionCode)> functions = [];
        foreach (FunctionStatement function in statements.OfType<FunctionStatement>())
            Try(() =>
            {
                VariableTarget target = Declare(function.Function.Name!);
                FunctionCode code = new(_code, function.Function.Name);
                functions.Add((target, code));
                if (_block.Parent is null && _function.IsScript)
                {
                    _later.Enqueue(() => BindFunctionBody(function.Function, code));
                }
                else _nested.Add(function, code);
            });
        return functions;
    }

    /// <summary>Functions of inner blocks: bound at their line, made at the start of the block.</summary>
    private readonly Dictionary<FunctionStatement, FunctionCode> _nested = [];

    // Scopes.

    /// <summary>Declares a variable in the current block.</summary>
    private VariableTarget Declare(string name, bool withType = false)
    {
        if (_block.Parent is null && _function.IsScript)
        {
            GlobalSymbol global = Global(name);
            _block.Names[name] = global;
            return new GlobalTarget(name, global.Index);
        }
        LocalSymbol local = DeclareLocal(name);
        if (withType) local.TypeSlot = _function.NewSlot();
        return new LocalTarget(local);
    }

    private LocalSymbol DeclareLocal(string name)
    {
        LocalSymbol local = new(name, _function.NewSlot());
        _block.Names[name] = local;
        _block.Locals.Add(local);
        return local;
    }

    private GlobalSymbol Global(string name, bool isOfEngine = false)
    {
        if (_globals.TryGetValue(name, out GlobalSymbol? known)) return known;
        GlobalSymbol symbol = new(name, _globalNames.Count);
        _globalNames.Add(name);
        _isOfEngine.Add(isOfEngine);
        _globals[name] = symbol;
        return symbol;
    }

    /// <summary>The variable or declared index that a name stands for here; null for library functions, relations and unknown names.</summary>
    private Symbol? Lookup(string name) => Lookup(name, _block, _function);

    private Symbol? Lookup(string name, BlockScope block, FunctionScope function)
    {
        for (BlockScope? scope = block; scope is not null; scope = scope.Parent)
            if (scope.Names.TryGetValue(name, out Symbol? symbol)) return symbol;
        if (function.Outer is { } outer && function.Parent is { } parent)
        {
            Symbol? found = Lookup(name, outer, parent);
            return found is null ? null : Captured(found, function);
        }
        // Inside a function every script-level variable is visible.
        if ((_function.Parent is not null || !ReferenceEquals(function, _function)) && _setSomewhere.Contains(name)) return Global(name);
        return _context.KnowsVariable(name, _code.IsModule) ? Global(name, isOfEngine: true) : null;
    }

    private static Symbol Captured(Symbol found, FunctionScope function)
    {
        switch (found)
        {
            case GlobalSymbol: return found;
            case IndexSymbol index: return index.Size is null ? index : new IndexSymbol(index.Name, Captured(index.Size, function));
        }
        foreach ((Symbol source, CaptureSymbol symbol) in function.Captures)
            if (source == found) return symbol;
        if (found is LocalSymbol local) local.IsBoxed = true;
        CaptureSymbol capture = new(found.Name, function.Captures.Count);
        function.Captures.Add((found, capture));
        return capture;
    }

    private ExpressionNode Read(SourceSpan span, Symbol symbol) => symbol switch
    {
        GlobalSymbol global => new GlobalNode(span, global.Index),
        LocalSymbol local => new LocalNode(span, local),
        CaptureSymbol capture => new CaptureNode(span, capture.Name, capture.Index),
        _ => throw Fault(span, Messages.IndexOutsideEquation(symbol.Name)),
    };

    /// <summary>The variable that <c>name = e</c> sets: the nearest of the same function, else a new one of this block (5.1).</summary>
    private VariableTarget Assignable(string name)
    {
        for (BlockScope? scope = _block; scope is not null && scope.Function == _function; scope = scope.Parent)
            if (scope.Names.TryGetValue(name, out Symbol? symbol))
                switch (symbol)
                {
                    case GlobalSymbol global: return new GlobalTarget(name, global.Index);
                    case LocalSymbol local: return new LocalTarget(local);
                }
        if (_function.IsScript && _block.Parent is not null && !IsInTest && _context.KnowsVariable(name, _code.IsModule))
            return new GlobalTarget(name, Global(name, isOfEngine: true).Index);
        return Declare(name);
    }

    private bool IsInTest
    {
        get
        {
            BlockScope scope = _block;
            while (scope.Parent is { } parent) scope = parent;
            return scope.Function != _function;
        }
    }

    private HashSet<string> VisibleNames()
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        FunctionScope? function = _function;
        BlockScope? block = _block;
        while (block is not null)
        {
            names.UnionWith(block.Names.Keys);
            if (block.Parent is null && function is not null)
            {
                block = function.Outer;
                function = function.Parent;
            }
            else block = block.Parent;
        }
        if (!_function.IsScript) names.UnionWith(_setSomewhere);
        names.UnionWith(_context.VariableNames(_code.IsModule));
        names.UnionWith(Library.Instance.Names);
        return names;
    }

    private ScriptFault UnknownName(SourceSpan span, string name)
    {
        string? hint = _setSomewhere.Contains(name) ? Messages.GetsItsValueLater(name)
            : Similarity.Closest(name, VisibleNames()) is { } similar ? Messages.DidYouMean(similar) : null;
        return Fault(span, Messages.UnknownName(name, hint));
    }

    /// <summary>Runs something in a new block of the present function.</summary>
    private T InBlock<T>(Func<BlockScope, T> bind)
    {
        BlockScope outer = _block;
        _block = new BlockScope(outer, _function);
        try
        {
            return bind(_block);
        }
        finally
        {
            _block = outer;
        }
    }
}
