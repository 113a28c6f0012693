"""The words the shop's data is made of, dirty spellings among them."""

FIRST_NAMES = (
    "Ada", "Amélie", "Anna", "Ben", "Björn", "Carlos", "Chloé", "Daniel", "Elif", "Emma",
    "Finn", "François", "Grace", "Hana", "Ines", "Jack", "José", "Kenji", "Lena", "Liam",
    "Łukasz", "Maria", "Mateo", "Mia", "Noah", "Nuño", "Olga", "Oskar", "Priya", "Ravi",
    "Renée", "Sofia", "Søren", "Tom", "Ümit", "Vera", "Wei", "Yuki", "Zoë", "Žiga", "明",
    "Ольга",
)  # fmt: skip
LAST_NAMES = (
    "Adams", "Almeida", "Andersson", "Bauer", "Brown", "Chen", "Costa", "Dubois", "Ekström",
    "Fischer", "García", "Gómez", "Hansen", "Ito", "Jensen", "Kaya", "Kim", "Kowalski", "Kumar",
    "Lefèvre", "Li", "Martin", "Müller", "Nguyen", "Novák", "Okafor", "Olsen", "Pereira",
    "Petrov", "Rossi", "Sánchez", "Santos", "Sato", "Schröder", "Singh", "Smith", "Suzuki",
    "Taylor", "Tóth", "Yildiz", "Zhang",
)  # fmt: skip
COUNTRIES = (
    "United States", "Germany", "France", "United Kingdom", "Japan", "Switzerland", "Canada",
    "Spain",
)  # fmt: skip
COUNTRY_WEIGHTS = (35, 15, 10, 12, 9, 5, 8, 6)
CITIES = (
    "New York", "München", "Orléans", "Leeds", "Ōsaka", "Zürich", "Montréal", "Málaga",
    "Chicago", "Köln", "Nîmes", "York", "Kyōto", "Genève", "Québec", "León",
)  # fmt: skip
"""One city of each country, then another one of each."""
STATES = ("NY", "Bayern", "Centre", "", "Osaka", "ZH", "QC", "Andalucía")
STREETS = (
    "Main St", "Bahnhofstraße", "Rue de l'Église", "High Street", "Sakura-dōri", "Calle Mayor",
    'The "Old" Mill', "Unit 4,\nPier 9", "Lindenallee", "Fifth Avenue", "Karl-Marx-Allee",
    "Elm Road",
)  # fmt: skip
"""With quotes, a comma and a line break among them, as people write them."""

SEGMENTS = ("Basic", "Standard", "Premium", "VIP")
CHANNELS = ("web", "mobile", "store", "phone")
GENDERS = ("F", "M", "X", "")

CATEGORIES = (
    "Electronics", "Clothing", "Home & Garden", "Sports", "Books", "Toys", "Beauty",
    "Automotive", "Groceries", "Office",
)  # fmt: skip
BRANDS = (
    "Acme", "Nordlicht", "Bluebird", "Kaizen", "Montaña", "Orbit", "Pioneer", "Quill", "Rivage",
    "Sunfield", "Tundra", "Vertex",
)  # fmt: skip
SUBCATEGORIES = ("Basics", "Classics", "New", "Outlet", "Premium")
NOUNS = (
    "Lamp", "Chair", "Jacket", "Kettle", "Notebook", "Ball", "Puzzle", "Soap", "Wrench", "Tea",
    "Bücherregal", "Crème brûlée set", '24" Monitor', "Cable, 2 m", "漆器", "Поднос",
)  # fmt: skip
COLORS = ("black", "white", "red", "blue", "green", "")
SIZES = ("S", "M", "L", "XL", "")

CURRENCIES = ("USD", "EUR", "GBP", "JPY", "CHF", "CAD")
CURRENCY_WEIGHTS = (50, 19, 11, 8, 6, 6)
UNITS_PER_DOLLAR = (1.0, 0.92, 0.79, 150.0, 0.88, 1.36)
"""About what a dollar's price is in each of the currencies."""
BAD_CURRENCIES = ("XXX", "US$", "EURO", "BTC", "ZZZ")

PAYMENTS = ("card", "paypal", "invoice", "gift_card", "bank_transfer")
SHIPPINGS = ("standard", "express", "pickup", "")
PROMOS = ("", "", "WELCOME10", "SPRING", "VIP20")
STAGES = ("pending", "processing", "shipped", "delivered", "cancelled", "refunded")
"""The first three are open."""
STAGE_SPELLINGS = (
    *STAGES,
    *(stage.upper() for stage in STAGES),
    *(f" {stage.title()} " for stage in STAGES),
)

BAD_DATES = ("2024-02-30", "31/12/2024", "soon", "2024-13-01", "0000-00-00")
BAD_NUMBERS = ("n/a", "12,50", "1.2.3", "--", "twelve")
REASONS = (
    "damaged", "wrong size", "changed my mind", "arrived late", 'not as "described"',
    "too small, too late", "first line\nsecond line", "größer als erwartet", "", "不喜欢",
)  # fmt: skip
VERY_LONG = "very long text, ünïcode and all; " * 300
"""About ten thousand characters."""
