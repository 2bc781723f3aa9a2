"""The made-up people of the sample city: deterministic, plausible, and nobody real."""

import random
from dataclasses import dataclass
from datetime import date

SEED = 20240524
PROVINCE_PREFIX = "020"

SURNAMES = (
    "Hoàng Nông Lý Vi Triệu Lộc Dương Chu Hứa Bế Đàm Phùng Nguyễn Trần Lương Lăng Mã La Đinh Lê Phạm Đỗ Ngô Vũ Đặng Hà"
).split()
MALE_MIDDLE = "Văn Đức Hữu Quang Minh Công Xuân Ngọc Thanh Đình".split()
FEMALE_MIDDLE = "Thị Ngọc Thu Bích Kim Minh Thanh Hồng Mai Thúy".split()
MALE_GIVEN = "An Bình Cường Dũng Đông Giang Hải Hiếu Hùng Khôi Lâm Long Mạnh Nam Phong Quân Sơn Tài Thắng Tuấn Việt Vinh".split()
FEMALE_GIVEN = "Anh Ánh Chi Dung Đào Hà Hạnh Hiền Hoa Hương Lan Liên Loan Mai Nga Nhung Oanh Phượng Quyên Thảo Trang Yến".split()
ETHNICITIES = ("Tày", "Nùng", "Kinh", "Dao", "Hoa")

# category, weight, youngest and oldest age on 1 June 2024
BTXH_MIX = (
    ("BTXH-06B1", 24, 18, 57),
    ("BTXH-06B3", 15, 61, 88),
    ("BTXH-06A1", 8, 18, 58),
    ("BTXH-06A3", 8, 61, 92),
    ("BTXH-06B2", 5, 3, 14),
    ("BTXH-06A2", 3, 2, 14),
    ("BTXH-05C", 18, 80, 97),
    ("BTXH-05A1", 4, 61, 78),
    ("BTXH-05A2", 3, 80, 93),
    ("BTXH-01A", 1, 0, 3),
    ("BTXH-01B", 3, 4, 15),
    ("BTXH-02", 1, 16, 20),
    ("BTXH-04", 5, 24, 45),
    ("BTXH-07", 1, 0, 2),
    ("BTXH-08", 1, 22, 55),
    ("BTXH-03B", 0.5, 5, 14),
)
NCC_MIX = (
    ("NCC-03A", 28, 66, 90),
    ("NCC-06-21", 9, 62, 80),
    ("NCC-06-31", 9, 62, 80),
    ("NCC-06-41", 8, 62, 82),
    ("NCC-06-61", 6, 64, 84),
    ("NCC-06-81", 2, 66, 84),
    ("NCC-06B-35", 3, 58, 75),
    ("NCC-07A", 6, 60, 78),
    ("NCC-07C", 6, 60, 80),
    ("NCC-08A", 8, 64, 80),
    ("NCC-08B", 5, 64, 80),
    ("NCC-09", 3, 75, 92),
    ("NCC-10B", 4, 72, 92),
    ("NCC-04", 1, 85, 98),
    ("NCC-06T", 4, 60, 85),
)
CASH_REASONS = (
    "Bệnh nặng, không đi lại được và không có người nhận thay",
    "Chưa đồng ý mở tài khoản",
    "Chưa có giấy tờ tùy thân",
)


@dataclass(frozen=True)
class Carer:
    """Who receives for somebody else."""

    full_name: str
    born: date
    sex: str
    personal_id: str
    relation: str
    payee_type: str  # Guardian or Authorised


@dataclass(frozen=True)
class Resident:
    """One made-up person as the commune's clerk knows them."""

    commune: str
    village: str
    full_name: str
    sex: str
    born: date
    year_only: bool
    personal_id: str
    phone: str
    ethnicity: str
    category: str
    children: int
    decision_no: str
    decision_date: date
    entitled_from: date
    bank: str  # provider code, empty for cash
    account_no: str
    cash_reason: str
    carer: Carer | None


class City:
    """Makes residents of the eight communes of the city; the same seed makes the same people."""

    def __init__(self, seed: int = SEED):
        self.random = random.Random(seed)
        self._ids: set[str] = set()
        self._accounts: set[str] = set()
        self._decisions = 0

    def residents(self, commune: str, villages: list[str], btxh: int, ncc: int) -> list[Resident]:
        """People of one commune, grouped by village as a commune's list is."""
        people = [self._resident(commune, self.random.choice(villages), BTXH_MIX) for _ in range(btxh)]
        people += [self._resident(commune, self.random.choice(villages), NCC_MIX) for _ in range(ncc)]
        order = {village: index for index, village in enumerate(villages)}
        return sorted(people, key=lambda one: order[one.village])

    def _resident(self, commune: str, village: str, mix) -> Resident:
        rnd = self.random
        category, _, youngest, oldest = rnd.choices(mix, weights=[row[1] for row in mix])[0]
        born = self._birthday(youngest, oldest)
        sex = "Female" if category in ("BTXH-04", "NCC-04") else rnd.choice(("Male", "Female"))
        age = 2024 - born.year
        year_only = age >= 60 and rnd.random() < 0.3
        if year_only:
            born = date(born.year, 1, 1)
        carer = None
        if age < 16:
            carer = self._carer(24, 55, "Guardian", rnd.choice(("mẹ", "bố", "ông", "bà", "cô ruột")))
        elif age > 82 and rnd.random() < 0.25:
            carer = self._carer(30, 58, "Authorised", rnd.choice(("con", "cháu", "con dâu")))
        bank = self._bank(category)
        decided = date(rnd.choice((2021, 2022, 2022, 2023, 2023, 2024)), rnd.randint(1, 4), rnd.randint(1, 27))
        if decided < date(2021, 8, 1):
            decided = date(2021, 8, rnd.randint(2, 27))
        if decided <= born:
            decided = date(born.year + (born.month + 2 > 12), (born.month + 1) % 12 + 1, min(born.day, 28))
        start = date(decided.year, decided.month, 1)
        self._decisions += 1
        return Resident(
            commune=commune,
            village=village,
            full_name=self._name(sex),
            sex=sex,
            born=born,
            year_only=year_only,
            personal_id=self._personal_id(born, sex),
            phone="" if rnd.random() < 0.4 else "03" + str(rnd.randint(20000000, 99999999)),
            ethnicity=rnd.choices(ETHNICITIES, weights=(40, 35, 20, 3, 2))[0],
            category=category,
            children=rnd.choice((1, 1, 2, 2, 3)) if category == "BTXH-04" else 1,
            decision_no=f"{self._decisions}/QĐ-UBND",
            decision_date=decided,
            entitled_from=max(start, _first_of_age(born, youngest, category)),
            bank=bank,
            account_no=self._account(bank),
            cash_reason="" if bank else rnd.choice(CASH_REASONS),
            carer=carer,
        )

    def _bank(self, category: str) -> str:
        if category.startswith("NCC"):
            return "BID"
        return self.random.choices(("STB", "CTG", ""), weights=(58, 24, 18))[0]

    def _name(self, sex: str) -> str:
        rnd = self.random
        male = sex == "Male"
        return " ".join(
            (
                rnd.choice(SURNAMES),
                rnd.choice(MALE_MIDDLE if male else FEMALE_MIDDLE),
                rnd.choice(MALE_GIVEN if male else FEMALE_GIVEN),
            )
        )

    def _carer(self, youngest: int, oldest: int, payee_type: str, relation: str) -> Carer:
        sex = "Male" if relation in ("bố", "ông") else "Female"
        born = self._birthday(youngest, oldest)
        return Carer(self._name(sex), born, sex, self._personal_id(born, sex), relation, payee_type)

    def _birthday(self, youngest: int, oldest: int) -> date:
        """A day on which somebody would be `youngest` to `oldest` years old on 1 June 2024."""
        year = 2024 - self.random.randint(youngest + 1 if youngest < oldest else youngest, oldest)
        return date(year, self.random.randint(1, 12), self.random.randint(1, 28))

    def _personal_id(self, born: date, sex: str) -> str:
        digit = (0 if born.year < 2000 else 2) + (1 if sex == "Female" else 0)
        while True:
            number = f"{PROVINCE_PREFIX}{digit}{born.year % 100:02d}{self.random.randint(0, 999999):06d}"
            if number not in self._ids:
                self._ids.add(number)
                return number

    def _account(self, bank: str) -> str:
        if not bank:
            return ""
        lengths = {"STB": ("0602", 12), "CTG": ("1088", 12), "BID": ("3510", 14)}
        start, length = lengths[bank]
        while True:
            number = start + "".join(self.random.choice("0123456789") for _ in range(length - len(start)))
            if number not in self._accounts:
                self._accounts.add(number)
                return number


def _first_of_age(born: date, age: int, category: str) -> date:
    """First month in which a category with a lower age can have been granted."""
    if category in ("BTXH-05C", "BTXH-05A2", "BTXH-02"):
        years = {"BTXH-05C": 80, "BTXH-05A2": 60, "BTXH-02": 16}[category]
        return date(born.year + years, born.month, 1)
    return date(max(born.year, 2000), born.month, 1)
