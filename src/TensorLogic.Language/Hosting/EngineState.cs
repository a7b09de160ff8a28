using System.Runtime.CompilerServices;
using TensorLogic.Language.Binding;
using TensorLogic.Language.Evaluation;
using TensorLogic.Language.Functions;
using TensorLogic.Language.Logic;
using TensorLogic.Language.Values;

namespace TensorLogic.Language.Hosting;

/// <summary>What the runs of an engine share: variables, facts, rules, modules and the state of the random numbers.</summary>
internal sealed class EngineState(ulong seed)
{
    private sealed record Module(ScriptCode Code, Dictionary<string, Cell> Cells);

    private readonly Dictionary<string, Module> _modules = new(StringComparer.Ordinal);
    private readonly ConditionalWeakTable<ScriptCode, Cell[]> _linked = [];
    private ScriptCode? _lastLinked;
    private Cell[] _lastCells = [];

    public Dictionary<string, Cell> Globals { get; } = new(StringComparer.Ordinal);

    /// <summary>Names that the host has set or defined.</summary>
    public HashSet<string> HostNames { get; } = new(StringComparer.Ordinal);

    public Database Database { get; private set; } = new();

    public SplitMix64 Random { get; set; } = new(seed);

    /// <summary>The script-level variables of a file in this engine, in the order of its names.</summary>
    public Cell[] CellsOf(ScriptCode code)
    {
        if (ReferenceEquals(code, _lastLinked)) return _lastCells;
        _lastCells = _linked.GetValue(code, Link);
        _lastLinked = code;
        return _lastCells;
    }

    private Cell[] Link(ScriptCode code)
    {
        Dictionary<string, Cell> own = code.IsModule ? ModuleOf(code).Cells : Globals;
        return [.. code.GlobalNames.Select((name, i) => CellOf(code.IsOfEngine[i] ? Globals : own, name))];
    }

    private static Cell CellOf(Dictionary<string, Cell> cells, string name)
    {
        if (!cells.TryGetValue(name, out Cell? cell)) cells[name] = cell = new Cell(name);
        return cell;
    }

    public Cell Global(string name) => CellOf(Globals, name);

    // A file that has changed since is another module.
    private static string KeyOf(ScriptCode code) => $"{code.Source.Directory}/{code.Source.Name}\n{code.Source.Text}";

    private Module ModuleOf(ScriptCode code)
    {
        string key = KeyOf(code);
        if (!_modules.TryGetValue(key, out Module? module)) _modules[key] = module = new Module(code, new(StringComparer.Ordinal));
        return module;
    }

    private readonly HashSet<string> _ran = new(StringComparer.Ordinal);

    /// <summary>The variables of a module, which is run the first time.</summary>
    public IReadOnlyDictionary<string, Cell> RunModule(RunState run, ScriptCode code)
    {
        Module module = ModuleOf(code);
        if (!_ran.Add(KeyOf(code))) return module.Cells;
        try
        {
            module.Code.Main.Body!.Execute(new Frame(run, module.Code, CellsOf(module.Code), module.Code.Main.LocalCount, []));
        }
        catch
        {
            _ran.Remove(KeyOf(code));
            throw;
        }
        return module.Cells;
    }

    /// <summary>An independent state of the same content; tensors are shared, for they do not change.</summary>
    public EngineState Copy()
    {
        EngineState copy = new(0) { Random = Random.Copy(), Database = Database.Copy() };
        ValueCopy values = new();
        foreach ((string name, Cell cell) in Globals) copy.Globals[name] = values.Of(cell);
        foreach ((string key, Module module) in _modules)
            copy._modules[key] = module with { Cells = module.Cells.ToDictionary(pair => pair.Key, pair => values.Of(pair.Value), StringComparer.Ordinal) };
        copy.HostNames.UnionWith(HostNames);
        copy._ran.UnionWith(_ran);
        return copy;
    }
}
