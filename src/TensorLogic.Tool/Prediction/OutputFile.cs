using TensorLogic.Formats.SafeTensors;

namespace TensorLogic.Tool.Prediction;

/// <summary>Results as a SafeTensors file: tensors and pictures as tensors, everything else as JSON among the metadata.</summary>
internal static class OutputFile
{
    public static void Write(string path, Features outputs)
    {
        Dictionary<string, Tensor> tensors = [];
        Dictionary<string, string> metadata = [];
        foreach ((string name, Feature feature) in outputs)
            switch (feature.Kind)
            {
                case FeatureKind.Tensor: tensors[name] = feature.AsTensor(); break;
                case FeatureKind.Image: tensors[name] = feature.AsImage().Pixels; break;
                default: metadata[FeatureJson.KeyPrefix + name] = FeatureJson.Write(feature); break;
            }
        SafeTensorsFile.Write(path, tensors, metadata.Count > 0 ? metadata : null);
    }
}
