namespace TensorLogic.Tool.Prediction;

/// <summary>Turns what stands behind <c>--input</c> into features: a file of tensors, or <c>NAME=VALUE</c> pairs.</summary>
/// <remarks>Tensors are views of mapped files; they live as long as this reader.</remarks>
internal sealed class InputReader(IModel model, ImageFit fit) : IDisposable
{
    private readonly List<IDisposable> _open = [];
    private readonly List<string> _ignored = [];

    /// <summary>Tensors and values that no input takes, as <c>file: name</c>.</summary>
    public IReadOnlyList<string> Ignored => _ignored;

    /// <summary>Reads all arguments; a later one replaces an earlier one of the same input.</summary>
    /// <exception cref="FeatureException">An input is unknown, of the wrong kind, or required and missing.</exception>
    public Features Read(IEnumerable<string> arguments)
    {
        Features features = [];
        foreach (string argument in arguments)
        {
            int equals = argument.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0 || File.Exists(argument)) AddFile(features, argument);
            else Add(features, argument[..equals], argument[(equals + 1)..]);
        }
        foreach (FeatureDescription input in model.Inputs)
            if (!input.IsOptional && !features.ContainsKey(input.Name))
                throw new FeatureException(input.Name, $"The input '{input.Name}' is missing.") { Remedy = $"Add --input {input.Name}={Example(input)}." };
        return features;
    }

    private void AddFile(Features features, string path)
    {
        if (!IsSafeTensors(path) && File.Exists(path))
            throw new FeatureException("", $"'{path}' is not a .safetensors file.") { Remedy = $"Say which input it is for: --input {(model.Inputs.Count > 0 ? model.Inputs[0].Name : "NAME")}={path}." };
        IModel file = Open(path);
        foreach (ModelTensor stored in file.Tensors.Values)
            if (Find(stored.Name) is { } input) features[input.Name] = FromTensor(input, Keep(stored.Read()), path);
            else _ignored.Add(stored.Name);
        foreach ((string key, object value) in file.Metadata.UserDefined)
            if (key.StartsWith(FeatureJson.KeyPrefix, StringComparison.Ordinal) && value is string json)
            {
                string name = key[FeatureJson.KeyPrefix.Length..];
                if (Find(name) is { } input) features[name] = FeatureJson.Read(input, json);
                else _ignored.Add(name);
            }
    }

    private void Add(Features features, string name, string value)
    {
        FeatureDescription input = Find(name) ?? throw new FeatureException(name, $"The model has no input '{name}'.")
        {
            Remedy = $"Its inputs: {string.Join(", ", model.Inputs)}.",
        };
        features[name] = input.Type switch
        {
            _ when IsSafeTensors(value) && input.Type.Kind != FeatureKind.String => FromTensor(input, Tensor(value, name), value),
            ImageFeatureType => ImageFile.Load(value, fit),
            TensorFeatureType tensor => FeatureLiteral.Tensor(input, tensor, value),
            _ => FeatureLiteral.Read(input, value),
        };
    }

    /// <summary>The tensor of that name, or the only one.</summary>
    private Tensor Tensor(string path, string name)
    {
        IModel file = Open(path);
        if (file.Tensors.TryGetValue(name, out ModelTensor? named)) return Keep(named.Read());
        if (file.Tensors.Count == 1) return Keep(file.Tensors.Values.Single().Read());
        throw new FeatureException(name, $"'{path}' has no tensor '{name}' and {file.Tensors.Count} others.") { Remedy = "Name one of them as the input, or keep only one in the file." };
    }

    private static Feature FromTensor(FeatureDescription input, Tensor tensor, string path)
    {
        if (input.Type.Kind is FeatureKind.Tensor or FeatureKind.Image) return tensor;
        if (input.Type.Kind is FeatureKind.Double or FeatureKind.Int64 && tensor.ElementCount == 1)
        {
            double number = Numbers.Of(tensor)[0];
            return input.Type.Kind == FeatureKind.Double ? number : (long)number;
        }
        throw new FeatureException(input.Name, $"The input '{input.Name}' takes {input.Type}, and '{path}' has a tensor {tensor} for it.");
    }

    private FeatureDescription? Find(string name) => model.Inputs.FirstOrDefault(input => input.Name == name);

    private static bool IsSafeTensors(string path) =>
        path.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".safetensors.index.json", StringComparison.OrdinalIgnoreCase);

    private IModel Open(string path)
    {
        IModel file = Formats.SafeTensors.SafeTensorsFile.Open(path);
        _open.Add(file);
        return file;
    }

    private Tensor Keep(Tensor tensor)
    {
        _open.Add(tensor);
        return tensor;
    }

    private static string Example(FeatureDescription input) => input.Type switch
    {
        ImageFeatureType => "picture.png",
        TensorFeatureType => "file.safetensors",
        _ => "VALUE",
    };

    public void Dispose()
    {
        for (int i = _open.Count - 1; i >= 0; i--) _open[i].Dispose();
    }
}
