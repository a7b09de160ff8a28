using TensorLogic.Language.Diagnostics;

namespace TensorLogic.Language.Values;

/// <summary>The entities of a type, numbered in the order of their appearance.</summary>
internal sealed class Domain(string name, bool isClosed)
{
    private readonly List<string> _names = [];
    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);

    public string Name => name;

    /// <summary>No further members may be added.</summary>
    public bool IsClosed => isClosed;

    public int Count => _names.Count;

    public IReadOnlyList<string> Names => _names;

    public bool Contains(string entity) => _ids.ContainsKey(entity);

    public string NameOf(int id) => _names[id];

    /// <exception cref="ScriptFault">TL4004.</exception>
    public int IdOf(string entity) => _ids.TryGetValue(entity, out int id) ? id : throw new ScriptFault(Messages.EntityNotKnown(entity));

    /// <summary>Adds a member unless it is one, whether or not the domain is closed to scripts.</summary>
    public void Add(string entity)
    {
        if (_ids.TryAdd(entity, _names.Count)) _names.Add(entity);
    }

    public Domain Copy()
    {
        Domain copy = new(name, isClosed);
        foreach (string entity in _names) copy.Add(entity);
        return copy;
    }
}
