using System.Globalization;
using System.Text.Unicode;
using TensorLogic.CoreML.Packages;

namespace TensorLogic.CoreML.Specification.MilText;

/// <summary>Reads the text of a compiled program, <c>model.mil</c>, into the same records as the message.</summary>
/// <remarks>The grammar was read off public files; see the folder's README.</remarks>
internal static class MilTextReader
{
    private const int RecordBytes = 400;
    private const int BindingBytes = 120;

    private static readonly Dictionary<string, MilValue> NoValues = [];

    /// <param name="text">The text.</param>
    /// <param name="file">Path, for errors.</param>
    /// <param name="package">Where weights files are.</param>
    /// <param name="limits">Bounds.</param>
    public static MilProgram Read(ReadOnlySpan<byte> text, string file, CoreMLPackage package, LoadLimits limits)
    {
        if (!Utf8.IsValid(text)) throw new ModelFormatException(file, "Expected UTF-8 text, found other bytes.");
        MilLexer lexer = new(text, file, limits, new ReadBudget(file, text.Length, limits));
        if (!lexer.Is("program"u8)) throw lexer.Unexpected("'program'");
        lexer.Next();
        lexer.Expect('(');
        if (lexer.Kind != MilToken.Number) throw lexer.Unexpected("a version");
        if (!lexer.Bytes.StartsWith("1."u8)) throw lexer.Unexpected("version 1 of the program text");
        lexer.Next();
        lexer.Expect(')');
        Dictionary<string, MilValue> attributes = Attributes(ref lexer, package);
        lexer.Expect('{');
        var functions = new OrderedDictionary<string, MilFunction>(StringComparer.Ordinal);
        while (!lexer.Is('}'))
        {
            MilFunction function = Function(ref lexer, package);
            if (!functions.TryAdd(function.Name, function)) throw lexer.Broken($"Expected one function '{function.Name}', found two.");
        }
        lexer.Next();
        if (lexer.Kind != MilToken.End) throw lexer.Unexpected("the end of the text");
        return new(functions, attributes);
    }

    private static MilFunction Function(ref MilLexer lexer, CoreMLPackage package)
    {
        if (!lexer.Is("func"u8)) throw lexer.Unexpected("'func'");
        lexer.Next();
        string name = lexer.Identifier("the name of a function");
        lexer.Expect('<');
        string opset = lexer.Identifier("an opset");
        lexer.Expect('>');
        List<MilNamedType> inputs = Parameters(ref lexer);
        Dictionary<string, MilValue> attributes = Attributes(ref lexer, package);

        MilBlock body = Body(ref lexer, [], package, 0);
        lexer.Expect(';');
        return new(name, opset, inputs, body, attributes);
    }

    /// <summary>Statements in braces, and the names that they give back.</summary>
    private static MilBlock Body(ref MilLexer lexer, List<MilNamedType> inputs, CoreMLPackage package, int depth)
    {
        if (depth > lexer.Limits.Depth) throw new ModelLimitException(lexer.File, $"Nesting depth of blocks in line {lexer.Line}", depth, lexer.Limits.Depth);
        lexer.Budget.Charge(RecordBytes, "blocks");
        lexer.Expect('{');
        List<MilOperation> operations = [];
        while (!lexer.Is('}'))
        {
            if (operations.Count >= lexer.Limits.Count) throw new ModelLimitException(lexer.File, "Number of operations", operations.Count + 1, lexer.Limits.Count);
            operations.Add(Operation(ref lexer, package, depth));
        }
        lexer.Next();
        if (lexer.Kind != MilToken.Arrow) throw lexer.Unexpected("'->' and the results of the block");
        lexer.Next();
        return new(inputs, Names(ref lexer), operations, NoValues);
    }

    private static MilOperation Operation(ref MilLexer lexer, CoreMLPackage package, int depth)
    {
        lexer.Budget.Charge(RecordBytes, "operations");
        int line = lexer.Line;
        List<MilNamedType> outputs = [];
        if (!IsCall(lexer))
        {
            do outputs.Add(Named(ref lexer));
            while (lexer.Take(','));
            lexer.Expect('=');
        }
        string type = lexer.Identifier("an operation");
        lexer.Expect('(');
        var inputs = new Dictionary<string, IReadOnlyList<MilBinding>>(StringComparer.Ordinal);
        if (!lexer.Is(')'))
            do
            {
                lexer.Budget.Charge(BindingBytes, "inputs");
                string parameter = lexer.Identifier("a parameter");
                lexer.Expect('=');
                if (!inputs.TryAdd(parameter, Argument(ref lexer, package))) throw lexer.Broken($"Expected the parameter '{parameter}' once, found it twice.");
            }
            while (lexer.Take(','));
        lexer.Expect(')');
        Dictionary<string, MilValue> attributes = Attributes(ref lexer, package);
        List<MilBlock> blocks = [];
        while (lexer.Is('('))
        {
            if (blocks.Count >= lexer.Limits.Count) throw new ModelLimitException(lexer.File, "Number of blocks", blocks.Count + 1, lexer.Limits.Count);
            blocks.Add(Body(ref lexer, Parameters(ref lexer), package, depth + 1));
        }
        lexer.Expect(';');
        return MilOperation.Create(type, inputs, outputs, blocks, attributes, lexer.File, string.Create(CultureInfo.InvariantCulture, $"line {line}"));
    }

    private static List<MilBinding> Argument(ref MilLexer lexer, CoreMLPackage package)
    {
        if (!lexer.Take('(')) return [Binding(ref lexer, package)];
        List<MilBinding> bindings = [];
        if (!lexer.Is(')'))
            do
            {
                lexer.Budget.Charge(BindingBytes, "inputs");
                bindings.Add(Binding(ref lexer, package));
            }
            while (lexer.Take(','));
        lexer.Expect(')');
        return bindings;
    }

    /// <summary>A name, or a value: a type is followed by its parameters or by its literal.</summary>
    private static MilBinding Binding(ref MilLexer lexer, CoreMLPackage package)
    {
        MilLexer ahead = lexer;
        string name = ahead.Identifier("a name");
        if (ahead.Is('<') || ahead.Is('(')) return new(MilTextValues.Read(ref lexer, package));
        lexer = ahead;
        return new(name);
    }

    private static MilNamedType Named(ref MilLexer lexer)
    {
        MilType type = MilTextTypes.Read(ref lexer);
        return new(lexer.Identifier("a name"), type);
    }

    private static List<MilNamedType> Parameters(ref MilLexer lexer)
    {
        List<MilNamedType> parameters = [];
        lexer.Expect('(');
        if (!lexer.Is(')'))
            do parameters.Add(Named(ref lexer));
            while (lexer.Take(','));
        lexer.Expect(')');
        return parameters;
    }

    /// <summary>True for an operation without results: its name, where a type would stand.</summary>
    private static bool IsCall(MilLexer ahead)
    {
        if (ahead.Kind != MilToken.Identifier) return false;
        ahead.Next();
        return ahead.Is('(');
    }

    private static List<string> Names(ref MilLexer lexer)
    {
        List<string> names = [];
        lexer.Expect('(');
        if (!lexer.Is(')'))
            do
            {
                lexer.Budget.Charge(IntPtr.Size, "names");
                names.Add(lexer.Identifier("a name"));
            }
            while (lexer.Take(','));
        lexer.Expect(')');
        return names;
    }

    /// <summary>Values by name in brackets, or nothing.</summary>
    private static Dictionary<string, MilValue> Attributes(ref MilLexer lexer, CoreMLPackage package)
    {
        var attributes = new Dictionary<string, MilValue>(StringComparer.Ordinal);
        if (!lexer.Take('[')) return attributes;
        do
        {
            lexer.Budget.Charge(BindingBytes, "attributes");
            string name = lexer.Identifier("the name of an attribute");
            lexer.Expect('=');
            attributes[name] = MilTextValues.Read(ref lexer, package);
        }
        while (lexer.Take(','));
        lexer.Expect(']');
        return attributes;
    }
}
