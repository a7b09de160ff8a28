using System.Globalization;
using TensorLogic.Formats.SafeTensors;

namespace TensorLogic.Tool.Commands;

/// <summary>Inputs of a prediction from the words of a command line.</summary>
internal sealed class PredictionInputs : IDisposable
{
    private readonly List<IDisposable> _held = [];

    public Features Features { get; } = new();

    /// <exception cref="FeatureException">A word names no input of the model, or a required input is missing.</exception>
    public static PredictionInputs Read(IModel model, IReadOnlyList<string> words, Terminal terminal)
    {
        PredictionInputs inputs = new();
        try
        {
            foreach (string word in words)
            {
                int sign = word.IndexOf('=');
                FeatureDescription? named = sign > 0 ? model.Inputs.FirstOrDefault(input => input.Name == word[..sign]) : null;
                if (named is not null) inputs.Features[named.Name] = inputs.One(named, word[(sign + 1)..]);
                else if (sign > 0 && !File.Exists(word)) throw new FeatureException(word[..sign], $"The model has no input '{word[..sign]}'.") { Remedy = $"Its inputs: {string.Join(", ", model.Inputs)}." };
                else inputs.AddFile(model, word, terminal);
            }
            foreach (FeatureDescription input in model.Inputs)
                if (!input.IsOptional && !inputs.Features.ContainsKey(input.Name))
                    throw new FeatureException(input.Name, $"The input '{input.Name}' is missing.") { Remedy = $"--input {input.Name}={(input.Type is ImageFeatureType ? "picture.png" : "file.safetensors")} (it is {input})" };
            return inputs;
        }
        catch
        {
            inputs.Dispose();
            throw;
        }
    }

    private void AddFile(IModel model, string path, Terminal terminal)
    {
        IModel file = SafeTensorsFile.Open(path);
        _held.Add(file);
        List<string> ignored = [];
        foreach ((string name, ModelTensor tensor) in file.Tensors)
        {
            FeatureDescription? input = model.Inputs.FirstOrDefault(input => input.Name == name);
            if (input is null) ignored.Add(name);
            else Features[name] = Scalar(input, Held(tensor.Read()));
        }
        if (ignored.Count > 0) terminal.Note($"Ignored, since the model has no such input: {string.Join(", ", ignored)}.");
    }

    private Feature One(FeatureDescription input, string value)
    {
        if (input.Type is ImageFeatureType && !value.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase)) return ImageFile.Load(value);
        if (value.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase))
        {
            IModel file = SafeTensorsFile.Open(value);
            _held.Add(file);
            ModelTensor tensor = file.Tensors.GetValueOrDefault(input.Name) ?? (file.Tensors.Count == 1 ? file.Tensors.Values.First()
                : throw new FeatureException(input.Name, $"The file '{value}' has {file.Tensors.Count} tensors, and none is called '{input.Name}'."));
            return Scalar(input, Held(tensor.Read()));
        }
        if (input.Type.Kind == FeatureKind.String) return value;
        if (input.Type.Kind == FeatureKind.Int64 && long.TryParse(value, NumberStyles.Integer, CultureInfo.InvariantCulture, out long whole)) return whole;
        if (double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)) return number;
        throw new FeatureException(input.Name, $"'{value}' is no value for the input '{input.Name}'.") { Remedy = $"Give {input}, as a .safetensors file or a number." };
    }

    // A model may declare a plain number where a file can only hold a tensor.
    private static Feature Scalar(FeatureDescription input, Tensor tensor) => tensor.ElementCount != 1 ? tensor : input.Type.Kind switch
    {
        FeatureKind.Double => ((Tensor<double>)tensor.To(ElementType.Float64).Reshape(1))[0],
        FeatureKind.Int64 => ((Tensor<long>)tensor.To(ElementType.Int64).Reshape(1))[0],
        _ => tensor,
    };

    private Tensor Held(Tensor tensor)
    {
        _held.Add(tensor);
        return tensor;
    }

    public void Dispose()
    {
        for (int i = _held.Count - 1; i >= 0; i--) _held[i].Dispose();
    }
}
