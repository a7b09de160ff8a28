namespace TensorLogic.Models.Classic;

/// <summary>A model that is not a graph: trees, linear models, support vectors, feature engineering. Immutable; knows no file format.</summary>
internal abstract class ClassicEvaluator
{
    /// <summary>True if a dictionary with keys of another kind than the declared one is taken too.</summary>
    public virtual bool TakesAnyKey => false;

    /// <summary>Reads the inputs of a call and sets its outputs.</summary>
    public abstract void Evaluate(ClassicCall call);
}
