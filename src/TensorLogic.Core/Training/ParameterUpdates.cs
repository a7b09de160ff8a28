using System.Numerics;

namespace TensorLogic.Training;

/// <summary>Applies an update rule to parameters and keeps its state and, for 16-bit parameters, their values in f32.</summary>
internal sealed class ParameterUpdates(UpdateRule rule)
{
    private readonly Dictionary<object, ParameterState> _states = new(ReferenceEqualityComparer.Instance);

    public UpdateRule Rule => rule;

    /// <summary>Writes the new value of a parameter.</summary>
    /// <param name="key">Which parameter.</param>
    /// <param name="value">Its value.</param>
    /// <param name="gradient">Its gradient.</param>
    /// <param name="destination">May be <paramref name="value"/> itself; contiguous.</param>
    /// <param name="rate">Learning rate.</param>
    /// <param name="step">Steps, from 1.</param>
    public void Update(object key, Tensor value, Tensor gradient, Tensor destination, double rate, long step)
    {
        if (!_states.TryGetValue(key, out ParameterState? state))
            _states[key] = state = value.ElementType == ElementType.Float64 ? new ParameterState<double>(rule, value) : new ParameterState<float>(rule, value);
        state.Update(value, gradient, destination, rate, step);
    }

    /// <summary>State by name for a checkpoint: <c>0.master</c>, <c>0.state0</c>, … in the order of the keys.</summary>
    public IEnumerable<KeyValuePair<string, Tensor>> Save(IReadOnlyList<object> keys)
    {
        for (int i = 0; i < keys.Count; i++)
            if (_states.TryGetValue(keys[i], out ParameterState? state))
                foreach ((string name, Tensor tensor) in state.Save())
                    yield return new($"{i}.{name}", tensor);
    }

    /// <summary>Takes back what <see cref="Save"/> gave.</summary>
    /// <exception cref="ArgumentException">A tensor of the state is missing or has another size.</exception>
    public void Restore(IReadOnlyList<object> keys, Func<object, Tensor> value, IReadOnlyDictionary<string, Tensor> saved)
    {
        for (int i = 0; i < keys.Count; i++)
        {
            if (!saved.ContainsKey($"{i}.master")) continue;
            Tensor current = value(keys[i]);
            ParameterState state = current.ElementType == ElementType.Float64 ? new ParameterState<double>(rule, current) : new ParameterState<float>(rule, current);
            state.Restore(name => saved.TryGetValue($"{i}.{name}", out Tensor? tensor) && tensor.ElementCount == current.ElementCount
                ? tensor : throw new ArgumentException($"The state has no '{i}.{name}' with {current.ElementCount} elements.", nameof(saved)));
            _states[keys[i]] = state;
        }
    }

    /// <summary>The same state for copies of the parameters.</summary>
    public ParameterUpdates Copy(Func<object, object> keyOf)
    {
        ParameterUpdates copy = new(rule);
        foreach ((object key, ParameterState state) in _states) copy._states[keyOf(key)] = state.Copy();
        return copy;
    }

    private abstract class ParameterState
    {
        public abstract void Update(Tensor value, Tensor gradient, Tensor destination, double rate, long step);
        public abstract IEnumerable<(string Name, Tensor Tensor)> Save();
        public abstract void Restore(Func<string, Tensor> saved);
        public abstract ParameterState Copy();
    }

    private sealed class ParameterState<T> : ParameterState where T : unmanaged, IFloatingPointIeee754<T>
    {
        private readonly UpdateRule _rule;
        private T[] _master;
        private T[][] _slots;
        private bool _used;

        public ParameterState(UpdateRule rule, Tensor value)
        {
            _rule = rule;
            _master = Read(value);
            _slots = [.. Enumerable.Range(0, rule.Slots).Select(_ => new T[value.ElementCount])];
        }

        public override void Update(Tensor value, Tensor gradient, Tensor destination, double rate, long step)
        {
            // A value that was set since the last step has lost its longer form.
            T[] current = Read(value);
            if (_used && value.ElementType is ElementType.Float16 or ElementType.BFloat16)
            {
                T[] rounded = Rounded(value.ElementType);
                for (int i = 0; i < current.Length; i++)
                    if (rounded[i] == current[i]) current[i] = _master[i];
            }
            _master = current;
            _rule.Apply<T>(_master, Read(gradient), _slots, T.CreateTruncating(rate), step, !_used);
            _used = true;
            using Tensor<T> master = Tensor.FromArray(_master, destination.Shape);
            master.CopyTo(destination);
        }

        public override IEnumerable<(string Name, Tensor Tensor)> Save()
        {
            yield return ("master", Copied(_master));
            for (int i = 0; i < _slots.Length; i++) yield return ($"state{i}", Copied(_slots[i]));
        }

        public override void Restore(Func<string, Tensor> saved)
        {
            _master = Read(saved("master"));
            _slots = [.. _slots.Select((_, i) => Read(saved($"state{i}")))];
            _used = true;
        }

        public override ParameterState Copy()
        {
            using Tensor<T> value = Copied(_master);
            return new ParameterState<T>(_rule, value) { _slots = [.. _slots.Select(slot => (T[])slot.Clone())], _used = _used };
        }

        private T[] Rounded(ElementType type)
        {
            using Tensor<T> master = Tensor.FromArray(_master, [_master.Length]);
            using Tensor narrow = master.To(type);
            return Read(narrow);
        }

        private static Tensor<T> Copied(T[] values) => Tensor.FromSpan<T>(values, [values.Length]);

        private static T[] Read(Tensor tensor)
        {
            using Tensor wide = tensor.To(ElementTypeExtensions.Of<T>());
            return wide.As<T>().ReadOnlySpan.ToArray();
        }
    }
}
