using TensorLogic.Language.Diagnostics;
using TensorLogic.Language.Evaluation;

namespace TensorLogic.Language.Logic;

/// <summary>The least fixpoint of the rules, stratum by stratum, semi-naive (9.4). Source: Abiteboul, Hull and Vianu, Foundations of Databases, 13.1.</summary>
internal sealed class Derivation(Database database)
{
    private readonly Dictionary<string, long> _derivedFrom = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _counts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _versions = new(StringComparer.Ordinal);
    private List<List<string>> _groups = [];
    private long _ruleVersion = -1;
    private long _clock;

    /// <summary>Tuples that only rules give.</summary>
    public long DerivedCount { get; private set; }

    /// <summary>Derives anew what depends on something that has changed.</summary>
    public void Update(RunState run)
    {
        if (database.Rules.Count == 0) return;
        if (_ruleVersion != database.RuleVersion)
        {
            _groups = Strata.Of([.. database.Rules.Select(Dependency)]);
            _derivedFrom.Clear();
            _ruleVersion = database.RuleVersion;
        }
        foreach (List<string> group in _groups)
        {
            Rule[] rules = [.. database.Rules.Where(rule => group.Contains(rule.Relation))];
            if (rules.Length == 0) continue;
            long state = StateOf(group, rules);
            if (_derivedFrom.TryGetValue(group[0], out long known) && known == state) continue;
            Forget(group);
            try
            {
                Derive(run, group, rules);
            }
            catch
            {
                Forget(group);
                throw;
            }
            _derivedFrom[group[0]] = StateOf(group, rules);
            foreach (string name in group) _versions[name] = ++_clock;
        }
    }

    public static RuleDependency Dependency(Rule rule)
    {
        BodyAtom[] atoms = [.. rule.Body.OfType<BodyAtom>()];
        return new(rule.Relation,
            [.. atoms.Where(atom => !atom.IsNegated && !rule.IsAggregate).Select(atom => atom.Relation)],
            [.. atoms.Where(atom => atom.IsNegated || rule.IsAggregate).Select(atom => atom.Relation)]);
    }

    // Changes whenever a fact or a lower relation does.
    private long StateOf(List<string> group, Rule[] rules)
    {
        HashCode state = default;
        foreach (string name in group) state.Add(database.Get(name).Version);
        foreach (string used in rules.SelectMany(rule => rule.Body.OfType<BodyAtom>()).Select(atom => atom.Relation).Except(group, StringComparer.Ordinal))
        {
            state.Add(database.Get(used).Version);
            state.Add(_versions.GetValueOrDefault(used));
        }
        return state.ToHashCode();
    }

    private void Forget(List<string> group)
    {
        foreach (string name in group)
        {
            Relation relation = database.Get(name);
            DerivedCount -= _counts.GetValueOrDefault(name);
            _counts[name] = 0;
            relation.All = relation.Given;
            _derivedFrom.Remove(name);
        }
    }

    private void Derive(RunState run, List<string> group, Rule[] rules)
    {
        foreach (string name in group)
        {
            Relation relation = database.Get(name);
            relation.All = relation.Given.Copy();
        }
        foreach (Rule rule in rules.Where(rule => rule.IsAggregate)) Aggregation.Run(database, run, rule, tuple => Add(run, rule, tuple));

        Rule[] plain = [.. rules.Where(rule => !rule.IsAggregate)];
        var recursive = new List<(Rule Rule, JoinPlan Plan, string Delta)>();
        foreach (Rule rule in plain)
        {
            for (int i = 0; i < rule.Body.Length; i++)
                if (rule.Body[i] is BodyAtom { IsNegated: false } atom && group.Contains(atom.Relation))
                    recursive.Add((rule, new JoinPlan(database, rule.Body, rule.Variables, i), atom.Relation));
        }
        foreach (Rule rule in plain)
            if (!recursive.Exists(entry => entry.Rule == rule)) Fire(run, rule, new JoinPlan(database, rule.Body, rule.Variables, -1));
        if (recursive.Count == 0) return;

        Dictionary<string, (int Start, int End)> delta = group.ToDictionary(name => name, name => (0, database.Get(name).All.Count), StringComparer.Ordinal);
        while (delta.Values.Any(range => range.End > range.Start))
        {
            Dictionary<string, (int Start, int End)> now = delta;
            foreach ((Rule rule, JoinPlan plan, string name) in recursive)
            {
                if (now[name].End == now[name].Start) continue;
                Fire(run, rule, plan,
                    relation => now.TryGetValue(relation.Name, out (int Start, int End) range) ? range.End : relation.All.Count,
                    now[name],
                    relation => now.TryGetValue(relation.Name, out (int Start, int End) range) ? range.Start : relation.All.Count);
            }
            delta = group.ToDictionary(name => name, name => (now[name].End, database.Get(name).All.Count), StringComparer.Ordinal);
        }
    }

    private void Fire(RunState run, Rule rule, JoinPlan plan, Func<Relation, int>? end = null, (int, int) delta = default, Func<Relation, int>? oldEnd = null)
    {
        var tuple = new int[rule.Head.Length];
        try
        {
            plan.Run(run, registers =>
            {
                for (int i = 0; i < tuple.Length; i++) tuple[i] = rule.Head[i].Slot is { IsConstant: true } slot ? slot.Constant : registers[rule.Head[i].Slot.Variable];
                Add(run, rule, tuple);
            }, end, delta, oldEnd);
        }
        catch (ScriptFault fault) when (!fault.IsLimit)
        {
            throw rule.At(fault);
        }
    }

    private void Add(RunState run, Rule rule, int[] tuple)
    {
        Relation relation = database.Get(rule.Relation);
        if (database.GivenCount + DerivedCount >= run.Engine.Options.FactLimit)
        {
            if (relation.All.Contains(tuple)) return;
            throw rule.At(new ScriptFault(Messages.FactLimit(run.Engine.Options.FactLimit)));
        }
        if (relation.IsDeclared)
            for (int i = 0; i < tuple.Length; i++) tuple[i] = database.Constants.IdOf(relation.Columns[i].Checked(database.Constants[tuple[i]], relation.Name, i));
        if (!relation.All.Add(tuple)) return;
        database.Register(relation, tuple, check: false);
        DerivedCount++;
        _counts[rule.Relation] = _counts.GetValueOrDefault(rule.Relation) + 1;
    }
}
