using System.Globalization;
using System.Text;
using System.Text.Json;
using TensorLogic.CoreML.Lowering.Mil;
using TensorLogic.CoreML.Lowering.NeuralNetwork;
using TensorLogic.Tests.Tool.Conformance;

namespace TensorLogic.Tests.Tool.Documentation;

/// <summary>The tables of <c>docs/coreml.md</c>, from the lowering tables and the results of the recorded cases.</summary>
internal static class CoreMLCoverage
{
    // Not lowered from a table of their own: constants are values, and these change the flow or call a host.
    private static readonly string[] s_flowOperations = ["const", "classify"], s_flowLayers = ["branch", "loop", "loopBreak", "loopContinue", "custom"];

    // What coremltools uses while it converts; it never stands in a saved program.
    private static readonly string[] s_internalOperations = ["_const_symbolic", "conv_quantized"];

    /// <summary>The operations that the format defines and that have no rule here.</summary>
    public static IReadOnlyList<string> MissingOperations { get; } = [.. Operations().Keys.Except(MilRules.Names).Except(s_flowOperations).Except(s_internalOperations).Order(StringComparer.Ordinal)];

    /// <summary>The layers that the format defines and that have no rule here.</summary>
    public static IReadOnlyList<string> MissingLayers { get; } = [.. Layers().Except(LayerRules.Names).Except(s_flowLayers).Order(StringComparer.Ordinal)];

    /// <summary>The generated part of the page.</summary>
    public static string Write()
    {
        StringBuilder page = new();
        IReadOnlyList<ConformanceCase> cases = ConformanceSuite.Cases;
        page.Append(CultureInfo.InvariantCulture, $"## Recorded cases\n\n| group | cases | within the limits of their tests | within what the arithmetic allows | pass with zeros |\n|---|---|---|---|---|\n");
        foreach (IGrouping<string, ConformanceCase> group in cases.GroupBy(one => one.Name[..one.Name.IndexOf('/', StringComparison.Ordinal)])) Row(group.Key, [.. group]);
        Row("**all**", cases);
        page.Append(CultureInfo.InvariantCulture, $"\nThat is {Share(cases, one => one.AtTheCasesLimits.Passed)} and {Share(cases, one => one.AtStrictLimits.Passed)} of the cases. The others, by name and reason:\n\n");
        Differences("Within the limits of their tests", KnownDifferences.AtTheCasesLimits);
        Differences("Within what the arithmetic allows", KnownDifferences.AtStrictLimits);

        page.Append("## ML Program operations\n\nFor each opset that has the operation: cases that pass and that an answer of zeros would not. A dash: the opset has none of its own.\n\n");
        page.Append("| operation | iOS15 | iOS16 | iOS17 | iOS18 |\n|---|---|---|---|---|\n");
        ILookup<(string, string), ConformanceCase> byOperation = Proving(cases.Where(one => one.Opset is not null), one => one.AtTheCasesLimits.Operations.Select(operation => (operation, one.Opset!)));
        foreach ((string operation, string[] opsets) in Operations())
            if (MilRules.Names.Contains(operation))
                page.Append(CultureInfo.InvariantCulture, $"| `{operation}` | {string.Join(" | ", s_opsets.Select(opset => opsets.Contains(opset) ? Count(byOperation[(operation, opset)]) : "–"))} |\n");

        page.Append("\n## Neural network layers\n\nCases that pass and that an answer of zeros would not.\n\n| layer | cases |\n|---|---|\n");
        ILookup<string, ConformanceCase> byLayer = Proving(cases.Where(one => one.Opset is null), one => one.AtTheCasesLimits.Operations);
        foreach (string layer in Layers()) page.Append(CultureInfo.InvariantCulture, $"| `{layer}` | {Count(byLayer[layer])} |\n");

        page.Append("\n## Other kinds of models\n\n| kind | cases |\n|---|---|\n");
        ILookup<string, ConformanceCase> byKind = Proving(cases, one => one.Kinds);
        foreach (string kind in cases.SelectMany(one => one.Kinds).Distinct().Where(kind => kind != "mlProgram" && !kind.StartsWith("neuralNetwork", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
            page.Append(CultureInfo.InvariantCulture, $"| `{kind}` | {Count(byKind[kind])} |\n");
        return page.ToString();

        void Row(string name, IReadOnlyList<ConformanceCase> of) => page.Append(CultureInfo.InvariantCulture,
            $"| {name} | {of.Count} | {of.Count(one => one.AtTheCasesLimits.Passed)} | {of.Count(one => one.AtStrictLimits.Passed)} | {of.Count(one => one.AtTheCasesLimits.ZerosPass)} |\n");

        void Differences(string title, IReadOnlyDictionary<string, string> named)
        {
            page.Append(CultureInfo.InvariantCulture, $"{title}:\n\n");
            foreach (IGrouping<string, string> reason in named.GroupBy(pair => pair.Value, pair => pair.Key)) page.Append(CultureInfo.InvariantCulture, $"- {string.Join(", ", reason.Order(StringComparer.Ordinal).Select(name => $"`{name}`"))}: {reason.Key}\n");
            page.Append('\n');
        }
    }

    private static readonly string[] s_opsets = ["iOS15", "iOS16", "iOS17", "iOS18"];

    private static ILookup<TKey, ConformanceCase> Proving<TKey>(IEnumerable<ConformanceCase> cases, Func<ConformanceCase, IEnumerable<TKey>> keys) => cases
        .Where(one => one.AtTheCasesLimits is { Passed: true, ZerosPass: false }).SelectMany(one => keys(one).Distinct().Select(key => (key, one))).ToLookup(pair => pair.key, pair => pair.one);

    private static string Count(IEnumerable<ConformanceCase> cases) => cases.Count() is > 0 and var count ? $"{count}" : "own tests";

    private static string Share(IReadOnlyList<ConformanceCase> cases, Func<ConformanceCase, bool> passed) =>
        string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(10000.0 * cases.Count(passed) / cases.Count) / 100:0.00} %");

    /// <summary>Operations by name, with the opsets that have them.</summary>
    private static SortedDictionary<string, string[]> Operations()
    {
        using JsonDocument file = JsonDocument.Parse(File.ReadAllBytes(TestData.Path("conformance", "ops.json")));
        SortedDictionary<string, string[]> operations = new(StringComparer.Ordinal);
        foreach (JsonProperty operation in file.RootElement.GetProperty("ops").EnumerateObject()) operations[operation.Name] = [.. operation.Value.GetProperty("opsets").EnumerateArray().Select(opset => opset.GetString()!)];
        foreach (string group in (string[])["dialect_ops", "program_ops"])
            foreach (JsonProperty operation in file.RootElement.GetProperty(group).EnumerateObject()) operations.TryAdd(operation.Name, ["iOS18"]);
        return operations;
    }

    private static IEnumerable<string> Layers()
    {
        using JsonDocument file = JsonDocument.Parse(File.ReadAllBytes(TestData.Path("conformance", "nn-layers.json")));
        return [.. file.RootElement.GetProperty("layers").EnumerateObject().Select(layer => layer.Name).Order(StringComparer.Ordinal)];
    }
}
