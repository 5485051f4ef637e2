using System.Text.Json;
using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Losses;

public class LossFactoryTests
{
    public static TheoryData<string> AllNames => [.. LossFactory.AllNames];

    public static TheoryData<string> Names => [.. LossFactory.Names];

    [Theory]
    [MemberData(nameof(AllNames))]
    public void Name_InAnyCase_BuildsItsLoss(string name)
    {
        using var expected = LossFactory.Create(name);
        foreach (var spelling in (string[])[name.ToLowerInvariant(), name.ToUpperInvariant()])
        {
            using var loss = LossFactory.Create(spelling);
            loss.ToString().Should().Be(expected.ToString());
            LossFactory.Names.Should().Contain(loss.Name);
        }
    }

    [Theory]
    [InlineData("CrossEntropy", "CE")]
    [InlineData("CrossEntropyLoss", "CE")]
    [InlineData("WeightedCE", "WCE")]
    [InlineData("FocalLoss", "Focal")]
    [InlineData("GeneralizedDice", "GDice")]
    [InlineData("TverskyLoss", "Tversky")]
    [InlineData("RegionSizeL1", "L1")]
    [InlineData("CE+L1", "RCE(L1)")]
    [InlineData("RceKlLoss", "RCE(KL)")]
    [InlineData("Focal+LogDice", "LogDiceFL")]
    [InlineData("DiceCeLoss", "DiceCE")]
    [InlineData("CE+DB", "DBCE")]
    [InlineData("TopKCrossEntropy", "TopK")]
    public void NamesOfTheReferenceAndOfClasses_AreKnown(string name, string expected)
    {
        using var loss = LossFactory.Create(name);
        loss.Name.Should().Be(expected);
    }

    /// <summary>What is written by name is what the property has: for every setting of every loss.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void EverySetting_IsReachedByName(string name)
    {
        using var standard = LossFactory.Create(name);
        var targets = standard.GetType() == typeof(SegmentationLoss)
            ? (object[])[standard, standard.Terms[0].Term]
            : [standard, .. standard.Terms.Select(term => term.Term)];
        var count = 0;
        foreach (var (target, index) in targets.Select((target, index) => (target, index)))
        {
            foreach (var property in Settings(target).Where(property => property.PropertyType.IsSubclassOf(typeof(LossTerm)) is false))
            {
                var path = standard.GetType() == typeof(SegmentationLoss) || index == 0 ? property.Name : $"{(index == 1 ? "matching" : "penalty")}.{property.Name}";
                var other = Other(property.PropertyType, property.GetValue(target));
                using var loss = LossFactory.Create(name, new Dictionary<string, object?> { [path.ToLowerInvariant()] = JsonSerializer.SerializeToElement(other) });
                var changed = standard.GetType() == typeof(SegmentationLoss)
                    ? index == 0 ? (object)loss : loss.Terms[0].Term
                    : index == 0 ? loss : loss.Terms[index - 1].Term;
                property.GetValue(changed)!.ToString().Should().NotBe(property.GetValue(target)?.ToString(), path);
                count++;
            }
        }

        count.Should().BeGreaterThan(4);
    }

    [Fact]
    public void Json_DescribesALoss()
    {
        using var loss = LossFactory.FromJson("""
            { "name": "RCE(L1)", "mode": "binary", "ignoreIndex": 255, "reduction": "Sum", "lambda": { "from": 0, "to": 1, "epochs": 10 },
              "weight": [0.2, 1], "penalty": { "temperature": 5, "epsilon": 0 } }
            """);
        loss.ToString().Should().Be("RCE(L1) { Lambda = Linear(0, 1, epochs: 10), Matching = WCE { Form = Pixel, Weight = [0.2, 1], LabelSmoothing = 0, PositiveWeight = null, Classes = All }, "
            + "Penalty = L1 { Prior = null, Temperature = 5, ClassReduction = Mean, Epsilon = 0 }, Name = RCE(L1), Mode = Binary, IgnoreIndex = 255, IgnoreIndices = [], Reduction = Sum, ChecksLabels = True }");
        using var dice = LossFactory.FromJson("""{ "name": "dice", "classes": [1, 2], "pooling": "image" }""");
        dice.Terms[0].Term.ToString().Should().Be("Dice { Form = Plain, Link = Linear, Pooling = Image, Smoothing = 0, SmoothingBelow = null, Epsilon = 1E-07, MinimumOverlap = 0, Absent = CountZero, Classes = [1, 2], Weight = null, NormalizesWeight = False, ClassReduction = Mean }");
        using var stepped = LossFactory.FromJson("""{ "name": "DiceCE", "lambda": { "initial": 0.1, "factor": 2, "every": 3, "max": 1 }, "matching.weight": [1, 2, 3] }""");
        ((DiceCeLoss)stepped).Lambda.At(6).Should().Be(0.4);
        ((DiceCeLoss)stepped).Matching.Weight!.Values.Should().Equal(1, 2, 3);
    }

    [Theory]
    [InlineData("all", "All")]
    [InlineData("withoutBackground", "WithoutBackground")]
    public void ClassSelection_IsCalledByItsName(string name, string expected)
    {
        using var loss = LossFactory.FromJson($$"""{ "name": "Dice", "classes": "{{name}}" }""");
        ((Dice)loss.Terms[0].Term).Classes.ToString().Should().Be(expected);
        FluentActions.Invoking(() => LossFactory.FromJson($$"""{ "name": "Dice", "classes": "{{name}}s" }""")).Should().Throw<ArgumentException>().WithMessage("*classes*");
    }

    /// <summary>A term given as an object takes the settings that are given beside it.</summary>
    [Fact]
    public void SettingsBesideATerm_AreNotLost()
    {
        using var loss = LossFactory.Create("RCE(L1)", new Dictionary<string, object?> { ["weight"] = new[] { 1.0, 2 }, ["matching"] = new CrossEntropy(), ["LAMBDA"] = JsonSerializer.SerializeToElement(new { From = 0, To = 1, Epochs = 4 }) });
        ((RceL1Loss)loss).Matching.Weight!.Values.Should().Equal(1, 2);
        ((RceL1Loss)loss).Lambda.At(2).Should().Be(0.5);
    }

    [Fact]
    public void WeightedCrossEntropy_IsCalledByItsName()
    {
        using var inverse = LossFactory.Create("WCE");
        using var given = LossFactory.Create("WCE", new Dictionary<string, object?> { ["weight"] = new[] { 1.0, 2, 3 } });
        using var plain = LossFactory.Create("CE");
        (inverse.Name, given.Name, plain.Name).Should().Be(("WCE", "WCE", "CE"));
        using var positive = LossFactory.FromJson("""{ "name": "WCE", "positiveWeight": [4], "mode": "binary" }""");
        ((CrossEntropy)positive.Terms[0].Term).PositiveWeight!.Values.Should().Equal(4);
        ((CrossEntropy)inverse.Terms[0].Term).Form.Should().Be(CrossEntropyForm.InverseFrequency);
        ((CrossEntropy)given.Terms[0].Term).Form.Should().Be(CrossEntropyForm.Pixel);
        using var scope = NewDisposeScope();
        using var fromTensor = LossFactory.Create("WCE", new Dictionary<string, object?> { ["weight"] = tensor([1.0, 2, 3]) });
        ((CrossEntropy)fromTensor.Terms[0].Term).Weight!.Values.Should().Equal(1, 2, 3);
    }

    [Theory]
    [InlineData("""{ "name": "Dise" }""", "there is no loss 'Dise'; did you mean 'Dice'? the known ones are CE, *")]
    [InlineData("""{ "name": "Hinge of fate" }""", "there is no loss 'Hinge of fate'; the known ones are CE, *")]
    [InlineData("""{ "name": "" }""", "there is no loss ''; *")]
    [InlineData("""{ "name": "CE", "lambda": 1 }""", "CE has no setting 'lambda'; it has Form, Weight, LabelSmoothing, PositiveWeight, Classes, Name, *")]
    [InlineData("""{ "name": "RCE(L1)", "lamda": 1 }""", "RCE(L1) has no setting 'lamda'; did you mean 'Lambda'? *")]
    [InlineData("""{ "name": "Dice", "poolin": "Image" }""", "Dice has no setting 'poolin'; did you mean 'Pooling'? *")]
    [InlineData("""{ "name": "DiceFL", "smoothing": 1 }""", "'smoothing' is a setting of Matching and of Penalty; say which, as in penalty.smoothing.*")]
    [InlineData("""{ "name": "Dice", "pooling": "Images" }""", "the setting 'pooling' of Dice must be one of Batch, Image, but it is 'Images'.*")]
    [InlineData("""{ "name": "Dice", "pooling": 7 }""", "the setting 'pooling' of Dice must be one of Batch, Image, but it is '7'.*")]
    [InlineData("""{ "name": "Focal", "gamma": "two" }""", "the setting 'gamma' of Focal must be a Double, but it is 'two'.*")]
    [InlineData("""{ "name": "Focal", "gamma": -2 }""", "*γ must be finite and not negative*")]
    [InlineData("""{ "name": "CE", "ignoreIndex": 1.5 }""", "the setting 'ignoreIndex' of CE must be a Int64, but it is '1.5'.*")]
    [InlineData("""{ "name": "CE", "weight": 3 }""", "the setting 'weight' of CE must be a list of numbers*")]
    [InlineData("""{ "name": "Hausdorff", "spacingMm": 3 }""", "the setting 'spacingMm' of Hausdorff must be a list of numbers*")]
    [InlineData("""{ "name": "CE", "mode": null }""", "the setting 'mode' of CE must be one of Multiclass*'null'.*")]
    [InlineData("""{ "name": "RCE(L1)", "lambda": { "from": 1 } }""", "the setting 'lambda' of RCE(L1) must be a number*")]
    [InlineData("""{ "name": "CE", "ignoreIndex": 1, "IgnoreIndex": 2 }""", "the setting 'IgnoreIndex' is given twice*")]
    [InlineData("""{ "name": "CE", "name": "Dice" }""", "the setting 'name' is given twice*")]
    [InlineData("""{ "name": "CE", "foo": {} }""", "CE has no setting 'foo'; *")]
    [InlineData("""{ "name": "WCE", "form": "Pixel" }""", "WCE weighs the classes, but the form is Pixel and there are no weights*")]
    [InlineData("""{ "name": "RCE(L1)", "lambda": { "initial": 1, "factor": 2, "every": 3, "maximum": 1 } }""", "the setting 'lambda' of RCE(L1) must be a number*")]
    [InlineData("""{ "name": "RCE(L1)", "penalty.epsilon": 1, "penalty": { "epsilon": 2 } }""", "the setting 'penalty.epsilon' is given twice*")]
    [InlineData("""{ "name": "WassersteinDice", "distances": [[0, 1], [1]] }""", "the setting 'distances' of WassersteinDice must be a list with a list of numbers for each class*")]
    [InlineData("""{ "name": "WassersteinDice", "distances": [[1, 1], [1, 0]] }""", "class distances must be finite and not negative, 0 for a class to itself*[[1, 1], [1, 0]]*")]
    [InlineData("""{ "lambda": 1 }""", "a description of a loss needs its name*")]
    [InlineData("""[1]""", "a loss is described by a JSON object*")]
    public void WrongDescription_IsRefused(string json, string message) =>
        FluentActions.Invoking(() => LossFactory.FromJson(json)).Should().Throw<ArgumentException>().WithMessage(message);

    [Fact]
    public void Null_IsRefused()
    {
        FluentActions.Invoking(() => LossFactory.Create(null!)).Should().Throw<ArgumentNullException>();
        FluentActions.Invoking(() => LossFactory.Create("CE", null!)).Should().Throw<ArgumentNullException>();
        FluentActions.Invoking(() => LossFactory.FromJson("{")).Should().Throw<JsonException>();
    }

    private static IEnumerable<System.Reflection.PropertyInfo> Settings(object target) =>
        target.GetType().GetProperties().Where(property => property.SetMethod?.ReturnParameter.GetRequiredCustomModifiers().Length > 0);

    /// <summary>Another value, as JSON would have it.</summary>
    private static object Other(Type type, object? value) => (Nullable.GetUnderlyingType(type) ?? type) switch
    {
        var kind when kind.IsEnum => Enum.GetNames(kind).Last(name => name != value!.ToString()),
        var kind when kind == typeof(double) => value is double and not 0.0 ? (double)value / 2 : 0.25,
        var kind when kind == typeof(long) || kind == typeof(int) => 7,
        var kind when kind == typeof(bool) => !(bool)value!,
        var kind when kind == typeof(string) => "another name",
        var kind when kind == typeof(Schedule) => 3.5,
        var kind when kind == typeof(ClassWeights) => new[] { 1, 0.5 },
        var kind when kind == typeof(ClassSelection) => new[] { 1 },
        var kind when kind == typeof(ClassDistances) => new[] { new[] { 0.0, 2 }, [1.0, 0] },
        var kind when kind == typeof(IReadOnlyList<long>) => new[] { 8L, 9 },
        var kind when kind == typeof(IReadOnlyList<double>) => new[] { 0.5, 2 },
        _ => throw new InvalidOperationException($"a setting of type {type}"),
    };
}
