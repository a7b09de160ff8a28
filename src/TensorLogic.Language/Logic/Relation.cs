using TensorLogic.Language.Diagnostics;
using TensorLogic.Language.Values;

namespace TensorLogic.Language.Logic;

/// <summary>What a column of a relation holds.</summary>
internal enum ColumnKind : byte { Any, Entity, Int, Float, String, Bool }

/// <summary>The type of a column; entity columns have a domain.</summary>
internal readonly record struct Column(ColumnKind Kind, Domain? Domain)
{
    /// <summary>A constant as the column holds it.</summary>
    /// <exception cref="ScriptFault">TL3001, TL4011.</exception>
    public Value Checked(Value value, string relation, int position)
    {
        switch (Kind)
        {
            case ColumnKind.Any when value.IsNumber || value.IsBool || value.Kind == ValueKind.String: return value;
            case ColumnKind.Int when value.IsInt: return value;
            case ColumnKind.Int when value.IsFloat && value.AsFloat() == Math.Floor(value.AsFloat()) && Math.Abs(value.AsFloat()) < 9e18: return (long)value.AsFloat();
            case ColumnKind.Float when value.IsNumber: return value.AsFloat();
            case ColumnKind.Bool when value.IsBool: return value;
            case ColumnKind.String when value.Kind == ValueKind.String: return value;
            case ColumnKind.Entity when value.Content is string entity:
                if (Domain!.IsClosed && !Domain.Contains(entity)) throw new ScriptFault(Messages.NotAMember(entity, Domain.Name));
                return value;
        }
        throw new ScriptFault(Messages.ArgumentMustBe(position + 1, relation, Kind switch
        {
            ColumnKind.Any => "a string, number or bool",
            ColumnKind.Entity => "an entity",
            ColumnKind.Int => "an int",
            ColumnKind.Float => "a float",
            ColumnKind.String => "a string",
            _ => "a bool",
        }));
    }
}

/// <summary>A relation: facts that were given, and all tuples with those that rules derive.</summary>
internal sealed class Relation(string name, Column[] columns, bool isDeclared)
{
    public string Name => name;

    public Column[] Columns { get; set; } = columns;

    public bool IsDeclared { get; set; } = isDeclared;

    public int Arity => Columns.Length;

    public TupleSet Given { get; set; } = new(columns.Length);

    /// <summary>Given and derived. The same set as <see cref="Given"/> where no rule has this relation as its head.</summary>
    public TupleSet All { get; set; } = null!;

    /// <summary>Grows when <see cref="Given"/> changes.</summary>
    public long Version { get; set; }

    public Relation Copy(Func<Domain, Domain> domain)
    {
        Relation copy = new(name, Array.ConvertAll(Columns, column => column with { Domain = column.Domain is null ? null : domain(column.Domain) }), IsDeclared) { Given = Given.Copy(), Version = Version };
        copy.All = copy.Given;
        return copy;
    }
}
