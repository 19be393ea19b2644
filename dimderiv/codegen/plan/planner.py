"""From the graph to a plan: each node becomes operations, chosen by what they cost."""

from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction
from functools import partial

from dimderiv import graph
from dimderiv.codegen.plan.adding import Adding, letters_of_all
from dimderiv.codegen.plan.by_others import by_others
from dimderiv.codegen.plan.contraction import Contraction
from dimderiv.codegen.plan.demands import OF_ROWS, REDUCTIONS, Demands
from dimderiv.codegen.plan.details import Along, Asked, Called, Name, Pairs, Pattern
from dimderiv.codegen.plan.distribute import distributed, without_cancelling
from dimderiv.codegen.plan.factors import Factors
from dimderiv.codegen.plan.gathering import gathered
from dimderiv.codegen.plan.known import Known
from dimderiv.codegen.plan.labels import put_into
from dimderiv.codegen.plan.largest import SMALL
from dimderiv.codegen.plan.operations import Operation, is_odd
from dimderiv.codegen.plan.patterns import images, is_scattered, opposite, serves_less
from dimderiv.codegen.plan.placing import Placing, Take
from dimderiv.codegen.plan.plan import Plan, Tensor, entrywise_product
from dimderiv.codegen.plan.powers import by_logarithm
from dimderiv.codegen.plan.pushing import pushed
from dimderiv.codegen.plan.rows import Rows
from dimderiv.codegen.plan.scaling import Scaling
from dimderiv.codegen.plan.slides import Slides
from dimderiv.codegen.plan.spelled import Spelled, one_each, spelled
from dimderiv.codegen.plan.stable import well_scaled
from dimderiv.graph import (
    Constant,
    Factor,
    Function,
    Key,
    LabelledProduct,
    Map,
    Merged,
    Named,
    Node,
    Product,
    Selection,
    Size,
    Sum,
    Symbol,
    is_definite,
    is_nonnegative,
    is_one,
    is_semidefinite,
    labelled,
    less_than_largest,
    letters_of,
    product,
    scaled,
    unnamed,
)
from dimderiv.language import Dim
from dimderiv.rulebook import Rulebook, builtin_rules

MOST_NESTED = 2
OF_FACTORS = frozenset({"inv", "det", "logdet", "detsign"})
SINGULAR = frozenset({"svdvals", "svdU", "svdV"})
NO_USES: Mapping[frozenset[int], int] = {}
Letters = tuple[int, ...]


class Planner:
    """Turns the nodes of one or several programs into one plan.

    Args:
        plan: the plan that the operations become part of.
        demands: what the programs ask of each node.
        rulebook: the rules in use; those that are built in, if it is not given.
    """

    def __init__(self, plan: Plan, demands: Demands, rulebook: Rulebook | None = None) -> None:
        self.plan, self.demands = plan, demands
        self.rulebook = rulebook or builtin_rules()
        self.rows = Rows(plan, demands)
        self.scaling = Scaling(plan)
        self.factors = Factors(plan, self.value)
        self.placing = Placing(plan, self.factors, self.value, self._multiplied)
        self.adding = Adding(plan)
        self.names: dict[Operation, str] = {}
        self._known = Known(plan)
        self._trying = 0
        self._form: dict[tuple[Key, int], int] = {}

    def value(self, node: Node) -> Tensor:
        """The value of a node; its letters are the numbers of the node's axes."""
        known = self._known.get(node)
        if known is None:
            known = self._planned(node)
            self._known.note(node, known)
            if known.op.rank == 2 and graph.is_symmetric(node):
                self.plan.symmetric.add(known.op)
        return known

    def result(self, node: Node) -> Operation:
        """The value of a node that is returned, with every axis written out."""
        op = self.plan.full(self.value(node), node.axes)
        if is_odd(op):
            op = self.plan.make("copied", (op,), op.dims)
        self.plan.commit(op)
        return op

    def _planned(self, node: Node) -> Tensor:
        plan, every = self.plan, tuple(range(len(node.axes)))
        instead = well_scaled(node) or by_logarithm(node)
        if instead is not None:
            return self.value(instead)
        match node:
            case Symbol(name):
                return Tensor(plan.symbol(name, node.axes), every)
            case Size(dim):
                return Tensor(plan.size(dim), ())
            case Constant(name):
                return Tensor(plan.make("constant", (), (), Name(name)), ())
            case Named(name, value):
                found = plan.upright(self.value(value))
                is_turned = found.letters != tuple(sorted(found.letters))
                self.names.setdefault(found.op, f"{name}_T" if is_turned else name)
                plan.commit(found.op)
                # Asked in the order of the names, it never goes deep.
                return found
            case Selection():
                return self.placing.product(spelled(labelled(node), has_more_axes=True))
            case Map():
                return self._map(node)
            case Function():
                return self._function(node)
            case Sum():
                return self._sum(node)
            case Product():
                return self._product(node)

    def _map(self, node: Map) -> Tensor:
        function, (first, *others) = node.function, node.arguments
        if (shared := by_others(node, self.demands.maps, self.rulebook)) is not None:
            return self.value(shared)
        if function == SMALL:
            function = "exp"
        if function == "sigmoid" and isinstance(first, Product) and first.coefficient < 0:
            minus = scaled(-1, first)
            # In `-(a - b)` the sign goes inside, to `b - a`.
            other = opposite(minus)
            function, first = ("sigmoid", other) if other else ("sigmoid_of_minus", minus)
        tensors = [self.plan.upright(self.value(argument)) for argument in (first, *others)]
        letters = letters_of_all(tensors)
        sides = [self.plan.aligned(tensor, letters) for tensor in tensors]
        return Tensor(self.plan.map(function, *sides), letters)

    def _function(self, node: Function) -> Tensor:
        plan, every = self.plan, tuple(range(len(node.axes)))
        if node.function in REDUCTIONS:
            return self._reduced(node, plan.upright(self.value(node.arguments[0])))
        if node.function == "prod":
            # Of what is the same along an axis the product is a power, which no axis shows.
            whole = plan.full(self.value(node.arguments[0]), node.arguments[0].axes)
            return self._reduced(node, Tensor(whole, tuple(range(len(node.arguments[0].axes)))))
        if node.function == "onehot":
            return self.placing.product(spelled(labelled(node), has_more_axes=True))
        if node.function in {"sort", "rank"}:
            (argument,) = node.arguments
            op = plan.as_number(plan.full(self.value(argument), argument.axes))
            return Tensor(plan.make(node.function, (op,), node.axes, Along(node.over)), every)
        if node.function == "tril":
            return Tensor(plan.make("triangle", (), node.axes), every)
        if node.function in OF_ROWS:
            return self.rows.value(node, self.value(node.arguments[0]))
        arguments, function = node.arguments, node.function
        if function == "pinv" and (matrix := less_than_largest(unnamed(arguments[0]))) is not None:
            arguments, function = (matrix,), "gap_pinv"
        arrays = [plan.full(self.value(each), each.axes) for each in arguments]
        if node.function in OF_FACTORS and arrays[0].rank == 2:
            return self._of_factor(node, arrays[0])
        if node.function in SINGULAR and arrays[0].rank == 2:
            factor = plan.make("svd", arrays, arrays[0].dims)
            return Tensor(plan.make(function, (factor,), node.axes), every)
        if node.function in OF_FACTORS:
            return Tensor(plan.make(function, arrays, node.axes, Asked(whole=True)), every)
        if node.declared is not None:
            call = Called(function, node.declared)
            return Tensor(plan.make("applied", arrays, node.axes, call), every)
        return Tensor(plan.make(function, arrays, node.axes), every)

    def _of_factor(self, node: Function, matrix: Operation) -> Tensor:
        """A determinant, or an inverse: left to be solved with, unless its entries are needed."""
        (argument,) = node.arguments
        # What has an inverse, or a logarithm of its determinant, has no eigenvalue that is 0.
        is_regular = node.function in {"inv", "logdet"} and is_semidefinite(argument)
        factor = self.plan.factor(matrix, is_definite=is_regular or is_definite(argument))
        if node.function != "inv":
            return Tensor(self.plan.make(node.function, (factor,)), ())
        letters = (1, 0) if matrix.kind == "transpose" else (0, 1)
        if node.key not in self.demands.inverses:
            return Tensor(self.plan.make("inverse", (factor,), node.axes), letters)
        op = self.plan.make("inv", (factor,), node.axes)
        self.plan.commit(op)
        return Tensor(op, letters)

    def _reduced(self, node: Function, tensor: Tensor) -> Tensor:
        axes = tuple(k for k, letter in enumerate(tensor.letters) if letter in node.over)
        kept = [k for k in range(len(node.arguments[0].axes)) if k not in node.over]
        letters = tuple(kept.index(i) for i in tensor.letters if i in kept)
        op = self.plan.as_number(tensor.op)
        if not axes:
            return Tensor(op, letters)
        return Tensor(self.plan.reduced(op, node.function, axes), letters)

    def _sum(self, node: Sum) -> Tensor:
        if not node.terms:
            return Tensor(self.plan.number(0), ())
        terms = gathered(node.terms, node.axes)
        scattered = [(c, t) for c, t in terms if is_scattered(t) or one_each(t)]
        spread = [(c, t) for c, t in terms if not (is_scattered(t) or one_each(t))]
        if not scattered:
            return self._added(spread, node.axes)
        base = self.plan.full(self._added(spread, node.axes), node.axes) if spread else None
        return self._scattered(scattered, base, node.axes)

    def _scattered(
        self, terms: Sequence[tuple[Fraction, Node]], base: Operation | None, axes: tuple[Dim, ...]
    ) -> Tensor:
        """An array to which others are added on diagonals."""
        every = tuple(range(len(axes)))
        for coefficient, term in terms:
            if (found := one_each(term)) is not None:
                base = self._put(coefficient, found, base, axes)
                continue
            assert isinstance(term, Product)
            letters = tuple(dict.fromkeys(letters_of(term.result)))
            core = product(coefficient * term.coefficient, term.factors, letters, term.dims)
            held = self.plan.upright(self.value(core))
            part = self.plan.as_number(self.plan.aligned(held, tuple(range(len(letters)))))
            pattern = tuple(letters.index(i) for i in letters_of(term.result))
            arguments = (part,) if base is None else (base, part)
            base = self.plan.make("scatter", arguments, axes, Pattern(pattern))
        assert base is not None
        return Tensor(base, every)

    def _put(
        self, coefficient: Fraction, found: Spelled, base: Operation | None, axes: tuple[Dim, ...]
    ) -> Operation:
        """An array to which one entry of each row is added, at the place that a label says."""
        (labels,), result = found.labels, letters_of(found.product.result)
        inner = found.product._replace(coefficient=coefficient * found.product.coefficient)
        part = self.placing.entries(found._replace(product=inner), labels, result)
        if base is None:
            base = self.plan.make("fill", (self.plan.number(0),), axes)
        letters = tuple(i for i in result if i != labels.root)
        entries = self.plan.as_number(self.plan.aligned(part, letters))
        places = self.plan.full(self.value(labels.node), labels.node.axes)
        return put_into(self.plan, base, entries, places)

    def _added(self, terms: Sequence[tuple[Fraction, Node]], axes: tuple[Dim, ...]) -> Tensor:
        """The sum of terms."""
        found = {term.key: self._term(c, term) for c, term in sorted(terms, key=serves_less)}
        return self.adding.total([(c, found[term.key]) for c, term in terms], axes)

    def _term(self, coefficient: Fraction, node: Node) -> Tensor:
        tensor = self.plan.written_out(self.plan.upright(self.value(node)))
        # What is still multiplied by a number is left open: a factor of it may be instead.
        is_final = tensor.op.kind == "inv" or (coefficient == 1 and tensor.op.kind != "bordered")
        for each in (tensor.op,) if is_final else tensor.op.arguments:
            self.plan.commit(each)
        return tensor

    def _product(self, node: Product) -> Tensor:
        found = spelled(labelled(node), has_more_axes=self.plan.has_more_axes)
        if found.chosen or found.labels:
            return self.placing.product(found)
        if tuple(dict.fromkeys(letters_of(node.result))) == node.result:
            return self._labelled(node)
        pair = images(node)
        return self._convolved(node, pair) if pair else self._laid_out(node)

    def _convolved(self, node: Product, pair: Sequence[Factor]) -> Tensor:
        """The full convolution of two matrices, and what it is multiplied by."""
        sides = [
            self.plan.full(self.plan.written_out(self.value(each.node)), each.node.axes)
            for each in pair
        ]
        full = Tensor(self.plan.make("conv2_full", sides, node.axes), (0, 1))
        scale = product(node.coefficient, [f for f in node.factors if f not in pair], (), ())
        if is_one(scale):
            return full
        return entrywise_product(self.plan, self.value(scale), full, ())

    def _laid_out(self, node: Product) -> Tensor:
        """A product whose result repeats, merges or adds letters: made without, then laid out."""
        plan, slides = self.plan, Slides(node.result, node.dims)
        core = product(node.coefficient, node.factors, slides.letters, node.dims)
        held = plan.upright(self.value(core))
        if slides.pairs or slides.is_spread:
            op = plan.full(held, core.axes)
        else:
            op = plan.as_number(plan.aligned(held, tuple(range(len(core.axes)))))
        if slides.pairs:
            op = plan.make("sheared", (op,), slides.sheared, Pairs(slides.pairs))
        if not slides.is_spread:
            op = plan.make("scatter", (op,), slides.scattered, Pattern(slides.pattern))
        if max(slides.groups) > 1:
            op = plan.make("overlap_add", (op,), slides.added, Along(slides.groups))
        if any(isinstance(index, Merged) for index in node.result):
            op = plan.make("reshape", (op,), node.axes)
        return Tensor(op, tuple(range(len(node.axes))))

    def _labelled(self, node: Product) -> Tensor:
        """A product whose result has a letter for each axis."""
        simpler = without_cancelling(node)
        if simpler is not None:
            return self.value(simpler)
        forms = self._other_forms(node) if self._trying < MOST_NESTED else []
        if not forms:
            return self._contracted(node)
        at, count = (node.key, self._trying), range(len(forms) + 1)
        ways = [partial(self._contracted, node), *(partial(self._formed, each) for each in forms)]
        if at not in self._form:
            trials = [self._known.tried(way) for way in ways]
            self._form[at] = min(count, key=lambda k: trials[k].cost)
            return self._known.taken(trials[self._form[at]])
        # A trial around it has asked before: else each level of sums would multiply the trials.
        return ways[self._form[at]]()

    def _other_forms(self, node: Product) -> list[Node]:
        """The product multiplied out, or with a smaller inverse, where that may be cheaper."""
        forms = (form(node, self.plan.sizes) for form in (distributed, pushed))
        return [form for form in forms if form is not None]

    def _formed(self, form: Node) -> Tensor:
        """The value of a product in another form."""
        self._trying += 1
        found = self.value(form)
        self._trying -= 1
        return found

    def _contracted(self, node: Product) -> Tensor:
        coefficient, factors = self.demands.familiar(node)
        product = LabelledProduct(coefficient, tuple(factors), node.result, node.dims)
        is_turned = self.rows.lies_turned(node)
        is_fixed = is_turned or node.key in self.demands.beside
        is_whole = self.plan.has_more_axes and len(factors) == len(node.factors)
        sharing = self.demands.sharing
        uses, spared = (sharing.uses(node), sharing.spared(node)) if is_whole else ({}, ())
        made = set[frozenset[int]]()
        found = self._multiplied(
            product, is_turned=is_turned, is_fixed=is_fixed, uses=uses, spared=spared, made=made
        )
        self.plan.shared.clear()
        sharing.planned(node, made)
        return found

    def _multiplied(
        self,
        node: LabelledProduct,
        take: Take = list,
        chosen: Collection[int] = (),
        *,
        is_turned: bool = False,
        is_fixed: bool = False,
        uses: Mapping[frozenset[int], int] = NO_USES,
        spared: Collection[frozenset[int]] = (),
        made: set[frozenset[int]] | None = None,
    ) -> Tensor:
        """The product of factors, of which entries are taken first; chosen letters are no sums."""
        scalars: list[Tensor] = []
        tensors: list[Tensor] = []
        places: list[int] = []
        nonnegative: set[Operation] = set()
        for place, factor in enumerate(node.factors):
            for tensor in self.factors.leaves(factor, node):
                (tensors if tensor.letters else scalars).append(tensor)
                places += [place] * bool(tensor.letters)
                if is_nonnegative(factor.node) or factor.power % 2 == 0:
                    nonnegative.add(tensor.op)
        tensors = self.factors.balanced(node, tensors, nonnegative)
        tensors = take(tensors)
        axes = {letter: axis for axis, letter in enumerate(letters_of(node.result))}
        held = {letter for tensor in tensors for letter in tensor.letters}
        known = held.union(axes, chosen)
        for letter, dim in enumerate(node.dims):
            if letter not in known:
                scalars.append(Tensor(self.plan.size(dim), ()))
        if not tensors:
            return self.scaling.multiple(node.coefficient, scalars, None)
        kept = tuple(letter for letter in letters_of(node.result) if letter in held)
        kept = kept[::-1] if is_turned else kept
        at = {place: k for k, place in enumerate(places)}
        # A factor that turned out to be a number is no part of a product to share.
        pairs = {pair: n for pair, n in uses.items() if at.keys() >= pair}
        used = {frozenset(at[place] for place in pair): n for pair, n in pairs.items()}
        alone = [frozenset(at[place] for place in pair) for pair in spared if at.keys() >= pair]
        contraction = Contraction(self.plan, node.dims, kept, is_fixed, used, alone)
        found = contraction.result(tensors)
        if made is not None:
            made.update(frozenset(places[k] for k in pair) for pair in contraction.made)
        multiple = self.scaling.multiple(node.coefficient, scalars, found)
        return Tensor(multiple.op, tuple(axes[i] for i in multiple.letters), multiple.below)
