using TensorLogic.CoreML.Protobuf;
using static TensorLogic.CoreML.Protobuf.WireType;

namespace TensorLogic.CoreML.Specification;

/// <summary>Gathers a <c>ModelDescription</c>, whose message may come in parts.</summary>
internal sealed class DescriptionReader
{
    public const string Main = "main";

    private readonly FunctionParts _top = new() { Name = Main };
    private readonly List<FunctionParts> _functions = [];
    private readonly OrderedDictionary<string, string> _userDefined = new(StringComparer.Ordinal);
    private string _default = "", _description = "", _version = "", _author = "", _license = "";

    private sealed class FunctionParts
    {
        public string Name = "", PredictedFeature = "", PredictedProbabilities = "";
        public readonly List<FeatureDescription> Inputs = [], Outputs = [], States = [];
    }

    public void Read(ProtobufReader reader)
    {
        while (reader.Next())
            switch (reader.Field, reader.Wire)
            {
                case (1, Bytes): Add(_top.Inputs, reader, "input"); break;
                case (10, Bytes): Add(_top.Outputs, reader, "output"); break;
                case (13, Bytes): Add(_top.States, reader, "state"); break;
                case (11, Bytes): _top.PredictedFeature = reader.Name("predictedFeatureName"); break;
                case (12, Bytes): _top.PredictedProbabilities = reader.Name("predictedProbabilitiesName"); break;
                case (20, Bytes):
                    CheckCount(_functions.Count, reader, "functions");
                    _functions.Add(Function(reader.Message("functions", _functions.Count)));
                    break;
                case (21, Bytes): _default = reader.Name("defaultFunctionName"); break;
                case (100, Bytes): Metadata(reader.Message("metadata")); break;
            }
    }

    /// <summary>The description, checked for what it says of itself.</summary>
    /// <param name="file">Path of the file, for errors.</param>
    public ModelDescription Build(string file)
    {
        IReadOnlyList<FunctionParts> functions = _functions.Count > 0 ? _functions : [_top];
        string chosen = _default.Length > 0 ? _default : functions.Any(function => function.Name == Main) ? Main : functions[0].Name;
        if (functions.All(function => function.Name != chosen))
            throw new ModelFormatException(file, $"Expected the default function '{chosen}' among {string.Join(", ", functions.Select(function => function.Name))}, found none.", field: "Model.description.defaultFunctionName");
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (FunctionParts function in functions)
        {
            if (!seen.Add(function.Name)) throw new ModelFormatException(file, $"Expected one function '{function.Name}', found two.", field: "Model.description.functions");
            Distinct(function.Inputs, file, "input");
            // Some converters list an output twice; that says nothing new.
            List<FeatureDescription> outputs = [.. function.Outputs.Distinct()];
            Distinct(outputs, file, "output");
            function.Outputs.Clear();
            function.Outputs.AddRange(outputs);
            Distinct(function.States, file, "state");
            if (function.Outputs.Count == 0) throw new ModelFormatException(file, $"Expected at least one output of the function '{function.Name}', found none.", field: "Model.description.output");
        }
        return new()
        {
            Functions = [.. functions.Select(function => new FunctionDescription
            {
                Name = function.Name,
                Inputs = function.Inputs,
                Outputs = function.Outputs,
                States = function.States,
                PredictedFeatureName = Existing(function, function.PredictedFeature),
                PredictedProbabilitiesName = Existing(function, function.PredictedProbabilities),
            })],
            DefaultFunction = chosen,
            ShortDescription = _description,
            VersionString = _version,
            Author = _author,
            License = _license,
            UserDefined = _userDefined,
        };
    }

    private static string Existing(FunctionParts function, string name) => function.Outputs.Any(output => output.Name == name) ? name : "";

    private static void Distinct(List<FeatureDescription> features, string file, string field)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < features.Count; i++)
            if (!names.Add(features[i].Name))
                throw new ModelFormatException(file, $"Expected one {field} '{features[i].Name}', found two.", field: $"Model.description.{field}[{i}]");
    }

    private static FunctionParts Function(ProtobufReader reader)
    {
        FunctionParts function = new();
        while (reader.Next())
            switch (reader.Field, reader.Wire)
            {
                case (1, Bytes): function.Name = reader.Name("name"); break;
                case (2, Bytes): Add(function.Inputs, reader, "input"); break;
                case (3, Bytes): Add(function.Outputs, reader, "output"); break;
                case (6, Bytes): Add(function.States, reader, "state"); break;
                case (4, Bytes): function.PredictedFeature = reader.Name("predictedFeatureName"); break;
                case (5, Bytes): function.PredictedProbabilities = reader.Name("predictedProbabilitiesName"); break;
            }
        return function;
    }

    private void Metadata(ProtobufReader reader)
    {
        while (reader.Next())
            switch (reader.Field, reader.Wire)
            {
                case (1, Bytes): _description = reader.Text("shortDescription"); break;
                case (2, Bytes): _version = reader.Text("versionString"); break;
                case (3, Bytes): _author = reader.Text("author"); break;
                case (4, Bytes): _license = reader.Text("license"); break;
                case (100, Bytes):
                    CheckCount(_userDefined.Count, reader, "userDefined");
                    reader.Source.Charge(128, "user-defined pairs");
                    ProtobufReader pair = reader.Message("userDefined", _userDefined.Count);
                    string key = "", value = "";
                    while (pair.Next())
                        switch (pair.Field, pair.Wire)
                        {
                            case (1, Bytes): key = pair.Name("key"); break;
                            case (2, Bytes): value = pair.Text("value"); break;
                        }
                    _userDefined[key] = value;
                    break;
            }
    }

    private static void Add(List<FeatureDescription> features, ProtobufReader reader, string field)
    {
        CheckCount(features.Count, reader, field);
        features.Add(FeatureTypeReader.Feature(reader.Message(field, features.Count)));
    }

    private static void CheckCount(int count, ProtobufReader reader, string field)
    {
        if (count >= reader.Source.Limits.Count)
            throw new ModelLimitException(reader.Source.File, $"Number of {reader.Source.Path(reader.Depth, field)}", (Int128)count + 1, reader.Source.Limits.Count);
    }
}
