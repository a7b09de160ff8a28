using TensorLogic.Language.Diagnostics;
using TensorLogic.Language.Evaluation;
using TensorLogic.Language.Values;

namespace TensorLogic.Language.Functions;

/// <summary>Models and pictures as values (13).</summary>
internal static class ModelFunctions
{
    /// <summary><c>model.predict(x)</c> or <c>model.predict({name: x})</c>.</summary>
    public static LibraryFunction Predict { get; } = new(new Signature("predict(model, inputs)"), static c => Run(c.Run, ((ModelValue)c[0].Content!).Model, c[1]), EquationUse.No);

    public static void AddTo(Library library)
    {
        library.Add("load_model(path, device = \"auto\")", static c => LoadModel(c));
        library.Add("load_image(path)", static c => LoadImage(c));
        library.Add("get_tensor(model, name)", static c => c[0].Kind == ValueKind.Model ? Indexing.Get(c.Run, c[0], [new(false, c[1])]) : throw c.Expects("a model", c[0]));
        library.Add("save_model(tensors, path)", static c => SaveModel(c));
        foreach (string name in (string[])["load_tokenizer(path)", "tokenize(...)", "detokenize(...)", "generate(...)", "chat(...)"])
            library.Add(name, static c => throw new ScriptFault(Messages.NotAvailable(c.Name)));
    }

    private static Value LoadModel(LibraryCall c)
    {
        RunState run = c.Run;
        string path = c.Text(0), deviceName = c.Text(1);
        if (!DeviceExtensions.TryParse(deviceName, out Device device)) throw new ScriptFault(Messages.UnknownDevice(ValueText.Quoted(deviceName)));
        string file = FilePath.Existing(run, path);
        if (run.Engine.Runtime.FormatOf(file) is not { } format) throw new ScriptFault(Messages.FormatNotRecognised(path, Messages.ModelFormats));
        IModel model;
        try
        {
            model = Open(run.Engine.Runtime, file, device == Device.Auto ? run.Engine.Options.Device : device);
        }
        catch (Exception broken) when (broken is ModelFormatException or ModelLimitException or IOException or UnauthorizedAccessException)
        {
            throw new ScriptFault(Messages.NotAValidFile(path, format == ModelFormat.CoreML ? "Core ML" : format.Name), broken);
        }
        run.Engine.Own(model);
        return Value.Of(new ModelValue(model, MetadataRecord.Of(model)));
    }

    private static Value SaveModel(LibraryCall c)
    {
        string path = c.Text(1);
        bool gguf = path.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase);
        if (!gguf && !path.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase)) throw new ScriptFault(Messages.CannotSaveTo(path, "use .safetensors or .gguf"));
        string file = FilePath.ForWriting(c.Run, path);
        LibraryCall call = c;
        KeyValuePair<string, Tensor>[] tensors = c[0].Content switch
        {
            RecordValue record => [.. record.Select(field => KeyValuePair.Create(field.Key, Tensors.Of(call.Run, field.Value, call.Name)))],
            ModelValue model => [.. model.Model.Tensors.Select(pair => KeyValuePair.Create(pair.Key, pair.Value.Read()))],
            _ => throw c.Expects("a record of tensors or a model", c[0]),
        };
        Array.Sort(tensors, static (a, b) => string.CompareOrdinal(a.Key, b.Key));
        try
        {
            if (gguf) Formats.Gguf.GgufFile.Write(file, tensors);
            else Formats.SafeTensors.SafeTensorsFile.Write(file, tensors);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or ArgumentException or TensorLogicException)
        {
            throw new ScriptFault(Messages.CannotSaveTo(path, problem.Message), problem);
        }
        return Value.None;
    }

    // A script runs anywhere: where a device is absent it goes to the CPU, and metadata.device tells so.
    private static IModel Open(TensorLogicRuntime runtime, string file, Device device)
    {
        try
        {
            return runtime.LoadModel(file, new LoadOptions { Device = device });
        }
        catch (DeviceException) when (device != Device.Cpu)
        {
            return runtime.LoadModel(file, new LoadOptions { Device = Device.Cpu });
        }
    }

    private static Value LoadImage(LibraryCall c)
    {
        RunState run = c.Run;
        string path = c.Text(0), file = FilePath.Existing(run, path);
        try
        {
            return ImageFile.LoadPixels(file, Math.Min(ImageFile.DefaultPixelLimit, run.Engine.Options.MemoryLimit / 4));
        }
        catch (Exception broken) when (broken is ModelFormatException or ModelLimitException or IOException or UnauthorizedAccessException)
        {
            throw new ScriptFault(Messages.FormatNotRecognised(path, Messages.ImageFormats), broken);
        }
    }

    private static Value Run(RunState run, IModel model, Value given)
    {
        try
        {
            Features results = model.Predict(Inputs(run, model, given), cancellation: run.Cancellation);
            Value[] outputs = [.. results.Values.Select(ValueOf)];
            return given.Kind != ValueKind.Record && outputs is [var only] ? only : Value.Of(new RecordValue(results.Keys.Zip(outputs, KeyValuePair.Create)));
        }
        catch (UnsupportedOperatorException unsupported)
        {
            throw new ScriptFault(Messages.OperationNotSupported(unsupported.Operator), unsupported);
        }
        catch (ShapeException misfit) when (model.Inputs.FirstOrDefault(input => input.Name == misfit.Input) is { } input && misfit.Operator == "predict")
        {
            Tensor? tensor = given.Kind == ValueKind.Record ? given.AsRecord()[input.Name].TensorOrNull : given.TensorOrNull;
            throw new ScriptFault(Messages.InputShape(input.Name, input.Type.ToString()!, tensor?.Shape.ToString() ?? misfit.Actual), misfit);
        }
        catch (FeatureException wrong)
        {
            throw new ScriptFault(Messages.Expects("predict", $"another value for '{wrong.Feature}'", given.TypeName), wrong);
        }
        catch (TensorLogicException broken)
        {
            throw new ScriptFault(Messages.NotAValidFile(model.Metadata.Name, model.Metadata.Format == ModelFormat.CoreML ? "Core ML" : model.Metadata.Format.Name), broken);
        }
    }

    private static Features Inputs(RunState run, IModel model, Value given)
    {
        Features features = new();
        if (given.Kind != ValueKind.Record)
        {
            if (model.Inputs is not [var single]) throw new ScriptFault(Messages.Expects("predict", "a record with the inputs by name", given.TypeName));
            features[single.Name] = FeatureOf(run, single, given);
            return features;
        }
        foreach ((string name, Value value) in given.AsRecord())
            features[name] = FeatureOf(run, model.Inputs.FirstOrDefault(input => input.Name == name) ?? throw new ScriptFault(Messages.NoModelInput(name)), value);
        foreach (FeatureDescription input in model.Inputs)
            if (!input.IsOptional && !features.ContainsKey(input.Name)) throw new ScriptFault(Messages.InputMissing(input.Name));
        return features;
    }

    private static Feature FeatureOf(RunState run, FeatureDescription input, Value value)
    {
        switch (value.Kind)
        {
            case ValueKind.String: return value.AsString();
            case ValueKind.Int: return value.AsInt();
            case ValueKind.Float: return value.AsFloat();
            case ValueKind.Tensor when input.Type is ImageFeatureType && value.AsTensor() is { ElementType: not ElementType.UInt8 } pixels:
                return Bytes(pixels);
            case ValueKind.Tensor: return value.AsTensor();
            case ValueKind.List when input.Type is TensorFeatureType { Tensor: var declared }: return TensorLiteral.OfList(run, (ListValue)value.Content!, declared.ElementType);
            case ValueKind.Relation: return Tensors.Of(run, value);
            default: throw new ScriptFault(Messages.Expects("predict", "a tensor", value.TypeName));
        }
    }

    // Pictures may come as floats from 0 to 255.
    private static Tensor Bytes(Tensor pixels)
    {
        double[] values = TensorConversion.ReadDoubles(pixels);
        Tensor bytes = Tensor.Create(ElementType.UInt8, pixels.Shape);
        TensorConversion.Write(bytes, Array.ConvertAll(values, value => Math.Round(Math.Clamp(double.IsNaN(value) ? 0 : value, 0, 255))));
        return bytes;
    }

    private static Value ValueOf(Feature feature) => feature.Kind switch
    {
        FeatureKind.Tensor => feature.AsTensor(),
        FeatureKind.Image => feature.AsImage().Pixels,
        FeatureKind.String => feature.AsString(),
        FeatureKind.Int64 => feature.AsInt64(),
        FeatureKind.Double => feature.AsDouble(),
        FeatureKind.Dictionary => Value.Of(new RecordValue(feature.AsDictionary().Select(entry => KeyValuePair.Create(Value.From(entry.Key).ToString(), (Value)entry.Value)))),
        _ => Value.Of([.. feature.AsSequence().Select(Value.From)]),
    };
}
