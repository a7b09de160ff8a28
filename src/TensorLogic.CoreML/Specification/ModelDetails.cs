using System.Globalization;
using TensorLogic.CoreML.Specification.Classic;

namespace TensorLogic.CoreML.Specification;

/// <summary>What a model of its kind has beside features and weights, in words: opset, members, preprocessing, class labels.</summary>
internal static class ModelDetails
{
    private const int LabelsShown = 8;

    public static OrderedDictionary<string, string> Of(ModelSpecification specification)
    {
        OrderedDictionary<string, string> details = new(StringComparer.Ordinal);
        Add("Opset", string.Join(", ", specification.Program?.Functions.Values.Select(function => function.Opset).Distinct() ?? []));
        Add("Members", string.Join(", ", specification.Members.Select(member => ModelKinds.NameOf(member.Kind))));
        Add("Summary", ClassicSummary.Of(specification));
        Add("Preprocessing", string.Join("; ", specification.Network?.Preprocessing.Select(Step) ?? []));
        Add("Class labels", Labels(Classes(specification)));
        return details;

        void Add(string name, string text)
        {
            if (text.Length > 0) details.Add(name, text);
        }
    }

    private static string Step(PreprocessingSpecification step) => step.MeanImage is { } mean
        ? string.Create(CultureInfo.InvariantCulture, $"{step.Feature} less a mean image of {mean.Length} values")
        : string.Create(CultureInfo.InvariantCulture, $"{step.Feature} times {step.ChannelScale:G6}, plus red {step.Red:G6}, green {step.Green:G6}, blue {step.Blue:G6}, grey {step.Gray:G6}").TrimStart();

    private static IReadOnlyList<object> Classes(ModelSpecification specification)
    {
        if (specification.Network?.ClassLabels is { Count: > 0 } ofNetwork) return ofNetwork;
        if (specification.Classic is GlmSpecification { Labels: { } ofLines }) return ofLines;
        if (specification.Classic is TreeSpecification { Labels: { } ofTrees }) return ofTrees;
        foreach (MilFunction function in specification.Program?.Functions.Values ?? [])
            foreach (MilOperation operation in function.Block.Operations)
                if (operation.Type == "classify" && operation.Input("classes") is { } classes && Value(function, classes) is { } labels) return labels;
        return specification.Members.Select(Classes).LastOrDefault(labels => labels.Count > 0) ?? [];
    }

    private static object[]? Value(MilFunction function, MilBinding binding)
    {
        MilValue? value = binding.Value ?? function.Block.Operations.FirstOrDefault(operation => operation.Type == "const" && operation.Name == binding.Name)?.Attributes.GetValueOrDefault("val");
        return value switch
        {
            MilStringsValue strings => [.. strings.Strings],
            MilListValue list => [.. list.Items.Select(item => (object?)item.Text ?? "…")],
            _ => null,
        };
    }

    private static string Labels(IReadOnlyList<object> labels) => labels.Count == 0 ? ""
        : string.Create(CultureInfo.InvariantCulture, $"{labels.Count}: {string.Join(", ", labels.Take(LabelsShown))}{(labels.Count > LabelsShown ? ", …" : "")}");
}
