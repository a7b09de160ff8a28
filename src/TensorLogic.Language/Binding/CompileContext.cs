using TensorLogic.Language.Diagnostics;
using TensorLogic.Language.Functions;
using TensorLogic.Language.Hosting;
using TensorLogic.Language.Logic;
using TensorLogic.Language.Syntax;

namespace TensorLogic.Language.Binding;

/// <summary>What is known outside a script when it is compiled: the engine's names, relations and rules, and the files it may import.</summary>
internal sealed class CompileContext(EngineState state, EngineOptions options)
{
    private readonly Dictionary<string, ScriptCode> _modules = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlyList<ScriptFault>> _broken = new(StringComparer.Ordinal);
    private readonly List<string> _open = [];

    public Database Database => state.Database;

    public bool KnowsVariable(string name, bool isModule) => isModule ? state.HostNames.Contains(name) : state.Globals.TryGetValue(name, out Values.Cell? cell) && !cell.Value.IsUnset;

    public IEnumerable<string> VariableNames(bool isModule) => isModule ? state.HostNames : state.Globals.Keys;

    /// <summary>The file of an import, compiled once.</summary>
    /// <param name="importing">The file with the import.</param>
    /// <param name="import">The statement.</param>
    /// <param name="fault">Makes an error of the importing file.</param>
    /// <param name="report">Throws errors inside the file too.</param>
    /// <exception cref="ScriptFault">TL2007, TL5001, TL5002, or the first error of the file.</exception>
    public ScriptCode Import(SourceText importing, ImportStatement import, Func<SourceSpan, Message, ScriptFault> fault, bool report)
    {
        (string path, SourceText source) = Read(importing, import, fault);
        if (_open.Contains(path) || path == RootPath) throw fault(import.PathSpan, Messages.ImportCycle(source.Name));
        if (_broken.TryGetValue(path, out IReadOnlyList<ScriptFault>? errors) && report) throw errors[0];
        if (_modules.TryGetValue(path, out ScriptCode? known)) return known;
        _open.Add(path);
        try
        {
            DiagnosticBag problems = new();
            Block tree = Parser.Parse(source, problems);
            ScriptCode code = Binder.Bind(this, source, tree, problems, isModule: true);
            _modules[path] = code;
            if (problems.Count > 0)
            {
                _broken[path] = problems.Sorted();
                if (report) throw _broken[path][0];
            }
            return code;
        }
        finally
        {
            _open.Remove(path);
        }
    }

    /// <summary>The file that is compiled; importing it is a cycle.</summary>
    public string? RootPath { get; init; }

    private (string Path, SourceText Source) Read(SourceText importing, ImportStatement import, Func<SourceSpan, Message, ScriptFault> fault)
    {
        try
        {
            if (options.ImportResolver is { } resolver)
            {
                string? text = resolver(import.Path, importing.Name);
                if (text is null) throw new ScriptFault(Messages.FileNotFound(import.Path));
                return (import.Path, SourceText.From(import.Path, text));
            }
            string path = FilePath.OfImport(options.FileRoot, importing, import.Path);
            FileInfo file = new(path);
            if (file.Length > SourceText.MaxBytes) throw new ScriptFault(Messages.SourceTooLarge(SourceText.MaxBytes)) { File = file.Name };
            return (path, SourceText.From(path, File.ReadAllBytes(path), file.DirectoryName));
        }
        catch (ScriptFault problem) when (problem.Span is null && problem.File is null)
        {
            throw fault(import.PathSpan, problem.Description);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw fault(import.PathSpan, Messages.FileNotFound(import.Path));
        }
    }
}
