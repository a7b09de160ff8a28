using TensorLogic.CoreML;

namespace TensorLogic;

/// <summary>What only Core ML models have.</summary>
public static class CoreMLModelExtensions
{
    extension(IModel model)
    {
        /// <summary>An ML Program as text in MIL, the language of compiled Core ML models (<c>model.mil</c>). Weights stay in their file and are named by offset.</summary>
        /// <exception cref="UnsupportedOperatorException">The model is no ML Program.</exception>
        public string ToMilText() => (model as CoreMLModel)?.MilText
            ?? throw new UnsupportedOperatorException("mil", $"a model of the kind {model.Metadata.Kind} is no ML Program") { Place = model.Metadata.Name, Remedy = "Use ToText for the operations of other models." };
    }
}
