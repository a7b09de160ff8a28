using System.Text.Json;

namespace TensorLogic.Tool.Verification;

/// <summary>A <c>case.json</c>: what a recorded case says about its model and how to compare.</summary>
internal sealed record CaseRecord
{
    public required string Id { get; init; }
    public required int Index { get; init; }
    public required string ModelType { get; init; }
    public required IReadOnlyList<string> SubModels { get; init; }

    /// <summary>Operators or layers; for other models the kinds of the parts, or of the model.</summary>
    public required IReadOnlyList<string> Operations { get; init; }
    public string? Function { get; init; }
    public string? Precision { get; init; }
    public required Limits Limits { get; init; }
    public Limits? BaseLimits { get; init; }
    public bool ShapesOnly { get; init; }
    public string? ShapeRule { get; init; }
    public double MismatchRatio { get; init; }
    public int Steps { get; init; } = 1;
    public bool Stateful { get; init; }
    public IReadOnlyList<StepAction> Actions { get; init; } = [];
    public required IReadOnlyDictionary<string, string> Inputs { get; init; }
    public required IReadOnlyDictionary<string, string> Outputs { get; init; }
    public IReadOnlyDictionary<string, JsonElement> JsonInputs { get; init; } = new Dictionary<string, JsonElement>();
    public IReadOnlyDictionary<string, JsonElement> JsonExpected { get; init; } = new Dictionary<string, JsonElement>();

    /// <summary>A test of one neural network layer: such tests state this one limit.</summary>
    public bool IsLayerTest => IsNeuralNetwork(ModelType) && Limits is { Relative: 0.01, Absolute: 0.01 };

    /// <summary>Trees, support vector machines, linear models, feature engineering: nothing that works on tensors.</summary>
    public bool IsClassic => !Kinds.Any(kind => kind == "mlProgram" || IsNeuralNetwork(kind));

    /// <summary>True if a support vector machine is the model or a part of it.</summary>
    public bool IsSupportVectorMachine => Kinds.Any(kind => kind.StartsWith("supportVector", StringComparison.Ordinal));

    private IEnumerable<string> Kinds => SubModels.Append(ModelType);

    private static bool IsNeuralNetwork(string kind) => kind.StartsWith("neuralNetwork", StringComparison.Ordinal);

    /// <summary>The key of a feature in a step.</summary>
    public string Key(int step, string feature) => Steps == 1 && Actions.Count == 0 ? feature : $"{step}/{feature}";

    /// <exception cref="InvalidDataException">Not a case.</exception>
    public static CaseRecord Read(string path)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
            JsonElement root = document.RootElement.Clone();
            return new()
            {
                Id = root.GetProperty("id").GetString()!,
                Index = Integer(root, "index") ?? 0,
                ModelType = Text(root, "model_type") ?? "",
                SubModels = [.. Strings(root, "sub_models")],
                Operations = OperationsOf(root),
                Function = Text(root, "function"),
                Precision = Text(root, "precision"),
                Limits = new(Number(root, "rtol") ?? 0, Number(root, "atol") ?? 0),
                BaseLimits = Number(root, "base_rtol") is { } relative && Number(root, "base_atol") is { } absolute ? new(relative, absolute) : null,
                ShapesOnly = Flag(root, "random") || Flag(root, "shapes_only"),
                ShapeRule = Text(root, "shape"),
                MismatchRatio = Number(root, "mismatch_ratio") ?? 0,
                Steps = Integer(root, "steps") ?? 1,
                Stateful = Flag(root, "stateful"),
                Actions = root.TryGetProperty("step_actions", out JsonElement actions) ? [.. actions.EnumerateArray().Select(StepAction.Read)] : [],
                Inputs = Pairs(root, "inputs").ToDictionary(pair => pair.Name, pair => pair.Value.GetString()!),
                Outputs = Pairs(root, "outputs").ToDictionary(pair => pair.Name, pair => pair.Value.GetString()!),
                JsonInputs = Pairs(root, "json_inputs").ToDictionary(pair => pair.Name, pair => pair.Value),
                JsonExpected = Pairs(root, "json_expected").ToDictionary(pair => pair.Name, pair => pair.Value),
            };
        }
        catch (Exception broken) when (broken is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new InvalidDataException($"'{path}' is no case: {broken.Message}");
        }
    }

    private static string[] OperationsOf(JsonElement root)
    {
        string[] named = [.. Strings(root, "ops"), .. Strings(root, "layers")];
        if (named.Length > 0) return named;
        string[] parts = [.. Strings(root, "sub_models")];
        return parts.Length > 0 ? parts : [Text(root, "model_type") ?? "model"];
    }

    private static JsonElement.ObjectEnumerator Pairs(JsonElement root, string name) => root.TryGetProperty(name, out JsonElement value) ? value.EnumerateObject() : default;
    private static IEnumerable<string> Strings(JsonElement root, string name) => root.TryGetProperty(name, out JsonElement value) ? value.EnumerateArray().Select(item => item.GetString()!) : [];
    private static string? Text(JsonElement root, string name) => root.TryGetProperty(name, out JsonElement value) ? value.GetString() : null;
    private static double? Number(JsonElement root, string name) => root.TryGetProperty(name, out JsonElement value) ? value.GetDouble() : null;
    private static int? Integer(JsonElement root, string name) => root.TryGetProperty(name, out JsonElement value) ? value.GetInt32() : null;
    private static bool Flag(JsonElement root, string name) => root.TryGetProperty(name, out JsonElement value) && value.GetBoolean();
}

/// <summary>What happens in a step beside or instead of the call.</summary>
internal sealed record StepAction(IReadOnlyList<string> Writes, IReadOnlyList<string> Reads, bool Predicts)
{
    public static StepAction Read(JsonElement element) => new(
        Names(element, "write_state"), Names(element, "read_state"), !element.TryGetProperty("predict", out JsonElement predict) || predict.GetBoolean());

    private static string[] Names(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray().Select(item => item.GetString()!)] : [];
}
