using TensorLogic.Language.Diagnostics;
using TensorLogic.Language.Evaluation;
using TensorLogic.Language.Values;

namespace TensorLogic.Language.Logic;

/// <summary>The relations, rules and entity types of an engine (9).</summary>
internal sealed class Database
{
    /// <summary>The open type of columns that are not declared.</summary>
    public const string OpenDomain = "entity";

    // Columns that are bound are the bits of one word.
    private const int MaxColumns = 63;

    private readonly Dictionary<string, Relation> _relations = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Domain> _domains = new(StringComparer.Ordinal) { [OpenDomain] = new(OpenDomain, isClosed: false) };
    private readonly List<Rule> _rules = [];
    private readonly Derivation _derivation;

    public Database() => _derivation = new Derivation(this);

    public ConstantTable Constants { get; private init; } = new();

    public IReadOnlyList<Rule> Rules => _rules;

    /// <summary>Grows when a rule is added.</summary>
    public long RuleVersion { get; private set; }

    /// <summary>Facts that were given, of all relations.</summary>
    public long GivenCount { get; private set; }

    public IEnumerable<string> Names => _relations.Keys;

    public IEnumerable<string> DomainNames => _domains.Keys;

    public bool Has(string relation) => _relations.ContainsKey(relation);

    public Relation? Find(string relation) => _relations.GetValueOrDefault(relation);

    public Relation Get(string relation) => _relations[relation];

    public Domain? FindDomain(string name) => _domains.GetValueOrDefault(name);

    public Domain Open => _domains[OpenDomain];

    /// <summary>Declares an entity type; one that is declared again keeps its members.</summary>
    public void DeclareDomain(string name, IReadOnlyList<string>? members)
    {
        if (members is null)
        {
            _domains.TryAdd(name, new Domain(name, isClosed: false));
            return;
        }
        Domain domain = new(name, isClosed: true);
        foreach (string member in members) domain.Add(member);
        _domains[name] = domain;
    }

    /// <summary>The relation with so many columns; made if there is none.</summary>
    /// <exception cref="ScriptFault">TL3017.</exception>
    public Relation Use(string name, int columns)
    {
        if (columns > MaxColumns) throw new ScriptFault(Messages.RelationArguments(name, MaxColumns, columns));
        if (!_relations.TryGetValue(name, out Relation? relation))
        {
            var any = new Column[columns];
            _relations[name] = relation = new Relation(name, any, isDeclared: false);
            relation.All = relation.Given;
        }
        return relation.Arity == columns ? relation : throw new ScriptFault(Messages.RelationArguments(name, relation.Arity, columns));
    }

    /// <exception cref="ScriptFault">TL3001, TL3017, TL4011: facts that are there do not fit.</exception>
    public void Declare(string name, Column[] columns)
    {
        if (columns.Length > MaxColumns) throw new ScriptFault(Messages.RelationArguments(name, MaxColumns, columns.Length));
        if (!_relations.TryGetValue(name, out Relation? relation))
        {
            _relations[name] = relation = new Relation(name, columns, isDeclared: true);
            relation.All = relation.Given;
            return;
        }
        if (relation.Arity != columns.Length) throw new ScriptFault(Messages.RelationArguments(name, relation.Arity, columns.Length));
        relation.Columns = columns;
        relation.IsDeclared = true;
        for (int row = 0; row < relation.Given.Count; row++) Register(relation, relation.Given.Row(row), check: true);
    }

    /// <summary>A value as a constant of relations.</summary>
    /// <exception cref="ScriptFault">TL3010.</exception>
    public static Value Constant(Value value)
    {
        if (value.IsNumber || value.IsBool || value.Kind == ValueKind.String) return value;
        if (value.TensorOrNull is { ElementCount: 1 } tensor) return Tensors.Scalar(tensor);
        throw new ScriptFault(Messages.RelationCannotContain(value.TypeName));
    }

    /// <summary>Adds a fact; false if it is there.</summary>
    /// <exception cref="ScriptFault">TL3001, TL3010, TL3017, TL4011, TL6007.</exception>
    public bool AddFact(string name, ReadOnlySpan<Value> values, long factLimit)
    {
        Relation relation = Use(name, values.Length);
        var tuple = new int[values.Length];
        for (int i = 0; i < tuple.Length; i++) tuple[i] = Constants.IdOf(relation.Columns[i].Checked(Constant(values[i]), name, i));
        if (relation.Given.Contains(tuple)) return false;
        if (GivenCount + _derivation.DerivedCount >= factLimit) throw new ScriptFault(Messages.FactLimit(factLimit));
        relation.Given.Add(tuple);
        Register(relation, tuple, check: false);
        relation.Version++;
        GivenCount++;
        return true;
    }

    /// <summary>Numbers the entities of a new tuple.</summary>
    public void Register(Relation relation, ReadOnlySpan<int> tuple, bool check)
    {
        for (int i = 0; i < tuple.Length; i++)
        {
            Column column = relation.Columns[i];
            if (check) column.Checked(Constants[tuple[i]], relation.Name, i);
            if (column.Kind is ColumnKind.Any or ColumnKind.Entity && Constants[tuple[i]].Content is string entity) (column.Domain ?? Open).Add(entity);
        }
    }

    public bool RemoveFact(string name, ReadOnlySpan<Value> values)
    {
        if (Find(name) is not { } relation || relation.Arity != values.Length) return false;
        var tuple = new int[values.Length];
        for (int i = 0; i < tuple.Length; i++) tuple[i] = Constants.IdOf(Constant(values[i]));
        if (!relation.Given.Contains(tuple)) return false;
        bool shared = relation.All == relation.Given;
        relation.Given = relation.Given.Without(tuple);
        if (shared) relation.All = relation.Given;
        relation.Version++;
        GivenCount--;
        return true;
    }

    /// <summary>Adds a rule, unless the same statement gave it before.</summary>
    public void AddRule(Rule rule)
    {
        Use(rule.Relation, rule.Head.Length);
        foreach (BodyAtom atom in rule.Body.OfType<BodyAtom>()) Use(atom.Relation, atom.Slots.Length);
        if (_rules.Exists(rule.IsSameAs)) return;
        _rules.Add(rule);
        RuleVersion++;
    }

    /// <summary>Brings the derived tuples of all relations up to date.</summary>
    /// <exception cref="ScriptFault">TL6001, TL6002, TL6006, TL6007, and errors of arithmetic in rules.</exception>
    public void Derive(RunState run) => _derivation.Update(run);

    public int Count(RunState run, string relation)
    {
        Derive(run);
        return Find(relation)?.All.Count ?? 0;
    }

    /// <summary>The tuples of a relation, sorted (9.3).</summary>
    public IReadOnlyList<Value[]> Tuples(string name)
    {
        if (Find(name) is not { } relation) return [];
        List<Value[]> tuples = [];
        for (int row = 0; row < relation.All.Count; row++) tuples.Add(Values(relation.All.Row(row)));
        tuples.Sort(Compare);
        return tuples;
    }

    public Value[] Values(ReadOnlySpan<int> tuple)
    {
        var values = new Value[tuple.Length];
        for (int i = 0; i < values.Length; i++) values[i] = Constants[tuple[i]];
        return values;
    }

    public static int Compare(Value[] a, Value[] b)
    {
        for (int i = 0; i < a.Length; i++)
            if (ValueOrder.Compare(a[i], b[i]) is { } order and not 0) return order;
        return 0;
    }

    /// <summary>The distinct bindings of some variables, sorted.</summary>
    /// <param name="run">The run.</param>
    /// <param name="body">The literals.</param>
    /// <param name="variables">Number of variables.</param>
    /// <param name="wanted">Those of the answer, in order.</param>
    public List<Value[]> Answers(RunState run, BodyLiteral[] body, int variables, int[] wanted)
    {
        foreach (BodyAtom atom in body.OfType<BodyAtom>())
            if (Find(atom.Relation) is { } relation && relation.Arity != atom.Slots.Length) throw new ScriptFault(Messages.RelationArguments(atom.Relation, relation.Arity, atom.Slots.Length));
            else Use(atom.Relation, atom.Slots.Length);
        Derive(run);
        TupleSet distinct = new(wanted.Length);
        var answer = new int[wanted.Length];
        new JoinPlan(this, body, variables, -1).Run(run, registers =>
        {
            for (int i = 0; i < wanted.Length; i++) answer[i] = registers[wanted[i]];
            distinct.Add(answer);
        });
        List<Value[]> answers = [];
        for (int row = 0; row < distinct.Count; row++) answers.Add(Values(distinct.Row(row)));
        answers.Sort(Compare);
        return answers;
    }

    /// <summary>What an axis of a relation runs over: a domain, or the ints below a size.</summary>
    /// <exception cref="ScriptFault">TL3010: the column cannot be an axis.</exception>
    public (Domain? Domain, int Size) AxisOf(Relation relation, int column)
    {
        Column type = relation.Columns[column];
        if (type.Kind == ColumnKind.Entity) return (type.Domain ?? Open, (type.Domain ?? Open).Count);
        if (type.Kind is not (ColumnKind.Any or ColumnKind.Int)) throw new ScriptFault(Messages.ColumnIsNoAxis(relation.Name, type.Kind.ToString().ToLowerInvariant()));
        long largest = -1;
        bool strings = false, ints = false;
        for (int row = 0; row < relation.All.Count; row++)
        {
            Value value = Constants[relation.All.Row(row)[column]];
            if (value.Kind == ValueKind.String) strings = true;
            else if (value.IsInt && value.Bits >= 0)
            {
                ints = true;
                largest = Math.Max(largest, value.Bits);
            }
            else throw new ScriptFault(Messages.ColumnIsNoAxis(relation.Name, value.IsInt ? "negative int" : value.TypeName));
        }
        if (strings && ints) throw new ScriptFault(Messages.ColumnIsNoAxis(relation.Name, "mixed"));
        if (strings || type.Kind == ColumnKind.Any && !ints) return (Open, Open.Count);
        if (largest >= int.MaxValue) throw new ScriptFault(Messages.ColumnIsNoAxis(relation.Name, "int"));
        return (null, (int)largest + 1);
    }

    /// <summary>A relation as a bool tensor with one axis for each column. The caller has derived.</summary>
    public Tensor AsTensor(string name)
    {
        if (Find(name) is not { } relation) return Tensor.Create(ElementType.Bool, Shape.Scalar);
        (Domain? Domain, int Size)[] axes = [.. Enumerable.Range(0, relation.Arity).Select(column => AxisOf(relation, column))];
        if (axes.Length > Shape.MaxRank) throw new ScriptFault(Messages.ColumnIsNoAxis(name, "17th"));
        Tensor<bool> tensor = Tensor<bool>.Create(Shape.Create(Array.ConvertAll(axes, axis => axis.Size)));
        Span<bool> elements = tensor.Span;
        for (int row = 0; row < relation.All.Count; row++)
        {
            ReadOnlySpan<int> tuple = relation.All.Row(row);
            int at = 0;
            for (int column = 0; column < axes.Length; column++)
            {
                Value constant = Constants[tuple[column]];
                at = at * axes[column].Size + (axes[column].Domain is { } domain ? domain.IdOf(constant.AsString()) : (int)constant.Bits);
            }
            elements[at] = true;
        }
        return tensor;
    }

    public Tensor AsTensor(RunState run, string name)
    {
        Derive(run);
        return AsTensor(name);
    }

    /// <summary>An independent database of the same content.</summary>
    public Database Copy()
    {
        Database copy = new() { Constants = Constants.Copy() };
        copy._domains.Clear();
        foreach ((string name, Domain domain) in _domains) copy._domains[name] = domain.Copy();
        foreach ((string name, Relation relation) in _relations) copy._relations[name] = relation.Copy(domain => copy._domains.GetValueOrDefault(domain.Name) ?? domain.Copy());
        copy._rules.AddRange(_rules);
        copy.RuleVersion = RuleVersion;
        copy.GivenCount = GivenCount;
        return copy;
    }
}
