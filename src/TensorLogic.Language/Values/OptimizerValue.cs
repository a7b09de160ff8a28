using TensorLogic.Language.Diagnostics;
using TensorLogic.Language.Evaluation;
using TensorLogic.Training;

namespace TensorLogic.Language.Values;

/// <summary>An optimiser (12.1): a reference with a learning rate, a count of steps and state for each learnable.</summary>
internal sealed class OptimizerValue(string name, ParameterUpdates updates, Learnable[]? parameters, double learningRate) : IContent
{
    private readonly List<Learnable> _seen = [];

    public ValueKind Kind => ValueKind.Optimizer;

    /// <summary><c>sgd</c>, <c>adam</c>, ….</summary>
    public string Name => name;

    public double LearningRate { get; set; } = learningRate;

    public long Steps { get; private set; }

    /// <summary>Changes the learnables by the gradients of a loss; the loss.</summary>
    /// <param name="run">The run.</param>
    /// <param name="loss">One element.</param>
    /// <param name="only">Learnables to change, where the optimiser has none of its own; null for all that the loss depends on.</param>
    /// <param name="factor">Of the learning rate.</param>
    /// <exception cref="ScriptFault">TL4009.</exception>
    public double Step(RunState run, Tensor loss, Learnable[]? only = null, double factor = 1)
    {
        if (loss.ElementCount != 1) throw new ScriptFault(Messages.ObjectiveNotOneElement());
        object[] keys = (object[]?)(parameters ?? only) ?? [.. Gradients.KeysOf(loss)];
        Tensor?[] gradients = Gradients.Of(run.Functions.Runner, loss, keys);
        if (Array.TrueForAll(gradients, gradient => gradient is null)) throw new ScriptFault(Messages.ObjectiveIndependent());
        Steps++;
        for (int i = 0; i < keys.Length; i++)
        {
            if (gradients[i] is not { } gradient) continue;
            Learnable learnable = (Learnable)keys[i];
            if (!_seen.Contains(learnable)) _seen.Add(learnable);
            Tensor value = learnable.Current, changed = Tensor.Create(value.ElementType, value.Shape);
            updates.Update(learnable, value, gradient, changed, LearningRate * factor, Steps);
            learnable.Set(changed);
        }
        return TensorConversion.ReadDoubles(loss)[0];
    }

    public RecordValue State()
    {
        IEnumerable<KeyValuePair<string, Value>> tensors = updates.Save(Parameters).Select(pair => KeyValuePair.Create(pair.Key, (Value)pair.Value));
        return new([new("kind", name), new("lr", LearningRate), new("steps", Steps), .. tensors]);
    }

    /// <exception cref="ScriptFault">TL3010: the record is no state of this optimiser.</exception>
    public void Restore(RecordValue state)
    {
        if (!state.TryGetValue("steps", out Value steps) || !steps.IsInt || !state.TryGetValue("lr", out Value rate) || !rate.IsNumber) throw new ScriptFault(Messages.Expects("restore", "the state of an optimizer", "record"));
        Dictionary<string, Tensor> tensors = [];
        foreach ((string key, Value value) in state)
            if (value.TensorOrNull is { } tensor) tensors[key] = tensor;
        try
        {
            updates.Restore(Parameters, static key => ((Learnable)key).Current, tensors);
        }
        catch (ArgumentException problem)
        {
            throw new ScriptFault(Messages.Expects("restore", "the state of this optimizer", "record"), problem);
        }
        Steps = steps.AsInt();
        LearningRate = rate.AsFloat();
    }

    /// <summary>An optimiser of the same state for copies of the learnables.</summary>
    public OptimizerValue Copy(Func<Learnable, Learnable> copyOf)
    {
        OptimizerValue copy = new(name, updates.Copy(key => copyOf((Learnable)key)), parameters is null ? null : Array.ConvertAll(parameters, learnable => copyOf(learnable)), LearningRate) { Steps = Steps };
        copy._seen.AddRange(_seen.Select(copyOf));
        return copy;
    }

    private object[] Parameters => parameters ?? [.. _seen];
}
